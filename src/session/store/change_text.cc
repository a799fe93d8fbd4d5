#include "session/store/change_text.h"

#include <cstdio>

#include "algo/unified_diff.h"

namespace nacre {
namespace {

constexpr uint64_t kLargest = 64 << 20;      // larger ones are told like binary files
constexpr size_t kLookedAt = 8000;           // a NUL in the first bytes: binary, as for git

bool has_patch(const Inode* n) { return n && (n->type == FileType::Regular || n->type == FileType::Symlink); }

const char* git_mode(const Inode& n) { return n.type == FileType::Symlink ? "120000" : n.mode & 0100 ? "100755" : "100644"; }

/// False: not all of it can be had, or it is too large to show.
bool content(const Inode* n, std::string* out) {
  out->clear();
  if (!n) return true;
  if (n->type == FileType::Symlink) {
    *out = n->target();
    return true;
  }
  const FileData& f = *n->file();
  if (f.size() > kLargest) return false;
  out->resize(static_cast<size_t>(f.size()));
  for (size_t have = 0; have < out->size();) {
    auto got = f.read(have, std::span(*out).subspan(have));
    if (!got || *got == 0) return false;
    have += *got;
  }
  return true;
}

bool is_binary(std::string_view s) { return s.substr(0, kLookedAt).find('\0') != s.npos; }

/// In quotes where git would quote it.
std::string quoted(const std::string& name) {
  std::string out = "\"";
  bool plain = true;
  for (char ch : name) {
    const auto c = static_cast<unsigned char>(ch);
    constexpr std::string_view kNamed = "\a\b\t\n\v\f\r";
    const size_t at = kNamed.find(ch);
    if (c >= 32 && c < 127 && c != '"' && c != '\\') {
      out += ch;
      continue;
    }
    plain = false;
    out += '\\';
    if (at != kNamed.npos) out += "abtnvfr"[at];
    else if (c == '"' || c == '\\') out += ch;
    else {
      char octal[4];
      std::snprintf(octal, sizeof octal, "%03o", c);
      out += octal;
    }
  }
  return plain ? name : out + "\"";
}

/// Of a --- or +++ line: a name with a blank ends with a tab, so that patch finds its end.
std::string file_line(const char* mark, const std::string& name) { return mark + quoted(name) + (name.find(' ') != name.npos ? "\t\n" : "\n"); }

}  // namespace

void append_patch(std::string& out, const std::string& from, const Inode* before, const std::string& to, const Inode* after,
                  const std::function<void(uint32_t)>& tick) {
  if (!has_patch(before)) before = nullptr;
  if (!has_patch(after)) after = nullptr;
  if (!before && !after) return;
  if (before && after && before->type != after->type) {   // as git does: one file goes, another comes
    append_patch(out, from, before, from, nullptr, tick);
    append_patch(out, to, nullptr, to, after, tick);
    return;
  }
  std::string a, b;
  const bool shown = content(before, &a) && content(after, &b) && !is_binary(a) && !is_binary(b);
  std::string head = "diff --git " + quoted("a/" + from) + " " + quoted("b/" + to) + "\n";
  const std::string plain = head;
  if (!before) head += std::string("new file mode ") + git_mode(*after) + "\n";
  else if (!after) head += std::string("deleted file mode ") + git_mode(*before) + "\n";
  else if (std::string_view(git_mode(*before)) != git_mode(*after))
    head += std::string("old mode ") + git_mode(*before) + "\nnew mode " + git_mode(*after) + "\n";
  if (before && after && from != to) {
    if (a == b && shown) head += "similarity index 100%\n";
    head += "rename from " + quoted(from) + "\nrename to " + quoted(to) + "\n";
  }
  const std::string old_name = before ? "a/" + from : "/dev/null", new_name = after ? "b/" + to : "/dev/null";
  std::string body;
  if (!shown) {
    if (!before || !after || !FileData::same_content(*before->file(), *after->file()))
      body = "Binary files " + quoted(old_name) + " and " + quoted(new_name) + " differ\n";
  } else if (std::string hunks = unified_hunks(a, b, tick); !hunks.empty()) {
    body = file_line("--- ", old_name) + file_line("+++ ", new_name) + hunks;
  }
  if (body.empty() && head == plain) return;   // permissions that git does not keep
  out += head + body;
}

}  // namespace nacre
