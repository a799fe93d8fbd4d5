#include "base/deep_call.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/tree/tree.h"

namespace nacre {

const char* tree_type_name(const Stat& st) {
  switch (st.type) {
    case FileType::Directory: return "directory";
    case FileType::Symlink: return "link";
    case FileType::Fifo: return "fifo";
    case FileType::Socket: return "socket";
    case FileType::BlockDevice: return "block";
    case FileType::CharDevice: return "char";
    default: return "file";
  }
}

void TreePrinter::markup_text(std::string_view text, bool json) {
  for (char c : text) {
    if (json) {
      constexpr std::string_view from = "\b\f\n\r\t\"\\", to = "bfnrt\"\\";
      size_t k = from.find(c);
      if (k != std::string_view::npos) out_.format("\\%c", to[k]);
      else if (static_cast<unsigned char>(c) < 32) out_.format("\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      else out_.put(c);
    } else {
      const char* entity = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : nullptr;
      if (entity) out_.write(entity);
      else out_.put(c);
    }
  }
}

void TreePrinter::attributes(const TreeEntry& e, bool json) {
  auto put = [&](const char* name, const std::string& value, bool quoted = true) {
    if (json) out_.format(quoted ? ",\"%s\":\"" : ",\"%s\":", name);
    else out_.format(" %s=\"", name);
    markup_text(value, json);
    if (quoted || !json) out_.put('"');
  };
  if (o_.inode) put("inode", std::to_string(e.st.ino), false);
  if (o_.device) put("dev", std::to_string(e.st.dev), false);
  if (o_.mode) {
    char octal[16];
    std::snprintf(octal, sizeof octal, "%04o", static_cast<unsigned>(e.st.mode & 07777));
    put("mode", octal);
    put("prot", mode_text(e.st));
  }
  if (o_.user) put("user", accounts_.user_name(e.st.uid));
  if (o_.group) put("group", accounts_.group_name(e.st.gid));
  if (o_.size) {
    std::string size = size_text(e.st.size);
    size.erase(0, size.find_first_not_of(' '));
    put("size", size, o_.human || o_.si);
  }
  if (o_.time) put("time", time_text(e.st));
}

void TreePrinter::json(const TreeEntry& e, const std::string& shown, const std::string& path, size_t depth, bool last) {
  std::string indent(depth * 2, ' ');
  p_.tick(static_cast<uint32_t>(2 + depth / 16));
  out_.format("%s{\"type\":\"%s\",\"name\":\"", indent.c_str(), tree_type_name(e.st));
  markup_text(shown, true);
  out_.put('"');
  if (e.st.type == FileType::Symlink) {
    out_.write(",\"target\":\"");
    markup_text(e.target, true);
    out_.put('"');
  }
  attributes(e, true);
  if (!e.children.empty() || (depth == 1 && e.error)) {
    out_.write(",\"contents\":[");
    if (e.error) out_.format("{\"error\": \"%s\"}\n", e.error);
    out_.put('\n');
    for (const auto& child : e.children) {
      count(child);
      deep_call([&] { json(child, join(path, child.name), join_path(path, child.name), depth + 1, &child == &e.children.back()); });
    }
    out_.write(indent + "]");
  }
  out_.put('}');
  if (e.error && depth > 1) out_.format("{\"error\": \"%s\"}\n", e.error);
  if (!last) out_.put(',');
  out_.put('\n');
}

void TreePrinter::xml(const TreeEntry& e, const std::string& shown, const std::string& path, size_t depth) {
  std::string indent(depth * 2, ' ');
  const char* type = tree_type_name(e.st);
  p_.tick(static_cast<uint32_t>(2 + depth / 16));
  out_.format("%s<%s name=\"", indent.c_str(), type);
  markup_text(shown, false);
  out_.put('"');
  if (e.st.type == FileType::Symlink) {
    out_.write(" target=\"");
    markup_text(e.target, false);
    out_.put('"');
  }
  attributes(e, false);
  out_.put('>');
  if (e.error) out_.format("<error>%s</error>", e.error);
  if (!e.children.empty() || depth == 1) {
    out_.put('\n');
    for (const auto& child : e.children) {
      count(child);
      deep_call([&] { xml(child, join(path, child.name), join_path(path, child.name), depth + 1); });
    }
    out_.write(indent);
  }
  out_.format("</%s>\n", type);
}

}  // namespace nacre
