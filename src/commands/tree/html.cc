/// HTML (-H): the lines of the text, with links. Source: tree(1) 2.1.0, checked against the tool, whose name and
/// authors stand in the document as they do in its own.
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/paths.h"
#include "commands/tree/tree.h"

namespace nacre {
namespace {

constexpr char kSpace[] = "&nbsp;";
constexpr char kGenerator[] = "tree v2.1.0 %s 1996 - 2022 by Steve Baker, Thomas Moore, Francesc Rocher, Florian Sesser, Kyosuke Tokoro";
constexpr char kStyle[] =
    " <style type=\"text/css\">\n"
    "  BODY { font-family : monospace, sans-serif;  color: black;}\n"
    "  P { font-family : monospace, sans-serif; color: black; margin:0px; padding: 0px;}\n"
    "  A:visited { text-decoration : none; margin : 0px; padding : 0px;}\n"
    "  A:link    { text-decoration : none; margin : 0px; padding : 0px;}\n"
    "  A:hover   { text-decoration: underline; background-color : yellow; margin : 0px; padding : 0px;}\n"
    "  A:active  { margin : 0px; padding : 0px;}\n"
    "  .VERSION { font-size: small; font-family : arial, sans-serif; }\n"
    "  .NORM  { color: black;  }\n"
    "  .FIFO  { color: purple; }\n"
    "  .CHAR  { color: yellow; }\n"
    "  .DIR   { color: blue;   }\n"
    "  .BLOCK { color: yellow; }\n"
    "  .LINK  { color: aqua;   }\n"
    "  .SOCK  { color: fuchsia;}\n"
    "  .EXEC  { color: green;  }\n"
    " </style>\n";
constexpr char kEnd[] =
    "\t<hr>\n\t<p class=\"VERSION\">\n"
    "\t\t tree v2.1.0 %s 1996 - 2022 by Steve Baker and Thomas Moore <br>\n"
    "\t\t HTML output hacked and copyleft %s 1998 by Francesc Rocher <br>\n"
    "\t\t JSON output hacked and copyleft %s 2014 by Florian Sesser <br>\n"
    "\t\t Charsets / OS/2 support %s 2001 by Kyosuke Tokoro\n"
    "\t</p>\n</body>\n</html>\n";

std::string with_entities(std::string_view text) {
  std::string out;
  for (char c : text) {
    const char* entity = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : nullptr;
    if (entity) out += entity;
    else out += c;
  }
  return out;
}

// In a link: what is no plain character by its number.
std::string in_link(std::string_view text) {
  constexpr std::string_view kPlain = "!$'()*,-./:;=@_`{|}~";
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kPlain.find(c) != kPlain.npos;
    char code[8];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    if (plain) out += c;
    else out += c == '&' ? "&amp;" : code;
  }
  return out;
}

std::string with_sign(std::string text, const char* sign) {
  for (size_t at = 0; (at = text.find("%s", at)) != text.npos;) text.replace(at, 2, sign);
  return text;
}

const char* class_of(const TreeEntry& e) {
  const Stat* st = e.st.type == FileType::Symlink ? e.target_st ? &*e.target_st : nullptr : &e.st;
  switch (st ? st->type : FileType::Regular) {
    case FileType::Directory: return "DIR";
    case FileType::Fifo: return "FIFO";
    case FileType::Socket: return "SOCK";
    case FileType::BlockDevice: return "BLOCK";
    case FileType::CharDevice: return "CHAR";
    default: return st && st->mode & 0111 ? "EXEC" : "NORM";
  }
}

}  // namespace

TreeLines tree_lines(std::string_view charset) {
  struct Row {
    std::initializer_list<std::string_view> names;
    TreeLines lines;
  };
  static const Row kRows[] = {{{"utf-8", "utf8"}, {"│\u00a0\u00a0", "├──", "└──", "©"}},
                              {{"iso-8859-1", "iso-8859-1:1987", "iso_8859-1", "latin1", "l1", "ibm819", "cp819", "iso-8859-3", "latin3", "iso-8859-7",
                                "iso-8859-8", "iso-8859-9", "latin5"},
                               {"|  ", "|--", "&middot;--", "&copy;"}},
                              {{"ibm437", "cp437", "437", "ibm850", "cp850", "850", "ibm852", "cp852", "cp855", "cp863", "cp865", "cp866", "ibm866", "cp869"},
                               {"\263  ", "\303\304\304", "\300\304\304"}},
                              {{"koi8-r", "koi8-u"}, {"\201  ", "\206\200\200", "\204\200\200", "\277"}}};
  std::string name;
  for (char c : charset) name += ascii_lower(c);
  for (const auto& row : kRows)
    for (auto known : row.names)
      if (known == name) return row.lines;
  return {"|  ", "|--", "`--"};
}

// A file as it is, nothing if it is not there. False: none was asked for.
bool TreePrinter::html_file(const std::string& name) {
  if (name.empty()) return false;
  auto fd = p_.open(name, kOpenRead);
  if (!fd) return true;
  Input in(p_, *fd, name);
  for (std::string_view s = in.block(); !s.empty(); s = in.block()) {
    out_.write(s);
    in.consume(s.size());
  }
  return true;
}

void TreePrinter::html_begin() {
  if (html_file(o_.intro)) return;
  out_.write("<!DOCTYPE html>\n<html>\n<head>\n <meta http-equiv=\"Content-Type\" content=\"text/html; charset=" +
             (charset_.empty() ? "iso-8859-1" : charset_) + "\">\n <meta name=\"Author\" content=\"Made by 'tree'\">\n <meta name=\"GENERATOR\" content=\"" +
             with_sign(kGenerator, lines_.copyright) + "\">\n <title>" + o_.title + "</title>\n");
  out_.write(kStyle);
  out_.write("</head>\n<body>\n\t<h1>" + o_.title + "</h1><p>\n");
}

void TreePrinter::html_end() {
  if (!html_file(o_.outro)) out_.write(with_sign(kEnd, lines_.copyright));
}

void TreePrinter::html_line(const TreeEntry& e, const std::string& shown, const std::string& href, const std::string& prefix) {
  std::string info;
  const std::string plain = meta(e);
  for (size_t i = 0; i < plain.size(); i++) {
    const bool behind = i + 2 >= plain.size();   // the two blanks behind the bracket count twice
    if (plain[i] == ' ') info += behind ? std::string(kSpace) + kSpace : kSpace;
    else info += plain[i];
  }
  if (o_.meta_first) out_.write(info);
  if (!o_.no_lines && !o_.ansi_lines) out_.put('\t');
  if (!o_.no_lines) out_.write(drawn(prefix));
  if (!o_.meta_first) out_.write(info);
  out_.write("<a");
  if (o_.color) out_.format(" class=\"%s\"", class_of(e));
  if (!o_.no_links) out_.write(" href=\"" + in_link(o_.base + href) + (e.is_dir && href != "/" ? "/" : "") + "\"");
  out_.write(">" + with_entities(shown) + "</a>");
  if (e.error) out_.format("  [%s]", e.error);
  if (!e.note.empty()) out_.write("  [" + e.note + "]");
  out_.write("<br>\n");
}

void TreePrinter::html_root(const TreeEntry& e, bool missing) {
  if (missing) {
    out_.write("<a>" + with_entities(o_.base) + "</a>  [error opening dir]<br>\n");
    return;
  }
  html_line(e, o_.base, "/", "");
  html_below(e.children, "", e.name, "");
}

// `path`: of the links, below the root; `shown`: of the names that -f shows.
void TreePrinter::html_below(const std::vector<TreeEntry>& entries, const std::string& path, const std::string& shown, const std::string& prefix) {
  for (const auto& e : entries) {
    const bool last = &e == &entries.back();
    const std::string name = join(shown, e.name);
    p_.tick(static_cast<uint32_t>(2 + prefix.size() / 32));
    count(e);
    html_line(e, name, path + "/" + name, prefix + (last ? lines_.corner : lines_.branch) + " ");
    if (e.children.empty()) continue;
    // Below a link, links lead to what it points to.
    const std::string next = path + "/" + (e.st.type == FileType::Symlink && !e.target.starts_with('/') ? e.target : e.name);
    const std::string blank = o_.ansi_lines ? "   " : std::string(kSpace) + kSpace + kSpace;
    deep_call([&] { html_below(e.children, next, join_path(shown, e.name), prefix + (last ? blank : lines_.down) + " "); });
  }
}

}  // namespace nacre
