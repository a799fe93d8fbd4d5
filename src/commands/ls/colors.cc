#include "commands/ls/colors.h"

#include <algorithm>

#include "algo/glob.h"
#include "algo/unicode.h"
#include "commands/color_terms.h"
#include "commands/quoting.h"

namespace nacre::ls {
namespace {

struct Default {
  const char *key, *value;   // value null: nothing unless $LS_COLORS says so
};
constexpr Default kDefaults[Colors::kParts] = {{"lc", "\033["}, {"rc", "m"},     {"ec", nullptr}, {"rs", "0"},     {"no", nullptr}, {"fi", nullptr},
                                               {"di", "01;34"}, {"ln", "01;36"}, {"pi", "33"},    {"so", "01;35"}, {"bd", "01;33"}, {"cd", "01;33"},
                                               {"mi", nullptr}, {"or", nullptr}, {"ex", "01;32"}, {"do", "01;35"}, {"su", "37;41"}, {"sg", "30;43"},
                                               {"st", "37;44"}, {"ow", "34;42"}, {"tw", "30;42"}, {"ca", nullptr}, {"mh", nullptr}, {"cl", "\033[K"}};

bool terminal_has_colors(Process& p) {
  if (const char* color = p.getenv("COLORTERM"); color && *color) return true;
  const char* term = p.getenv("TERM");
  if (!term || !*term) return false;
  std::string_view patterns = kColorTerms;
  for (size_t at = 0; at < patterns.size();) {
    size_t end = patterns.find(' ', at);
    if (Glob::compile(patterns.substr(at, end - at), kGlobUtf8).match(term)) return true;
    at = end + 1;
  }
  return false;
}

int hex_digit(char c) {
  if (ascii_digit(c)) return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Reads \e, \033, \x1b, ^[ and plain characters up to ':' or, for the name of an extension, '='.
/// False: an escape that ends too early or is none.
bool read_sequence(std::string_view text, size_t& at, bool name, std::string& out) {
  while (at < text.size() && text[at] != ':' && !(name && text[at] == '=')) {
    char c = text[at++];
    if (c == '^') {
      if (at == text.size()) return false;
      c = text[at++];
      if (c == '?') out += '\177', at--;   // GNU shows the ? too
      else if (c >= '@' && c <= '~') out += static_cast<char>(c & 037);
      else return false;
      continue;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    if (at == text.size()) return false;
    c = text[at++];
    if (c >= '0' && c <= '7') {
      int n = c - '0';
      while (at < text.size() && text[at] >= '0' && text[at] <= '7') n = n * 8 + text[at++] - '0';
      out += static_cast<char>(n);
    } else if (c == 'x' || c == 'X') {
      int n = 0;
      while (at < text.size() && hex_digit(text[at]) >= 0) n = n * 16 + hex_digit(text[at++]);
      out += static_cast<char>(n);
    } else {
      constexpr std::string_view kFrom = "abefnrtv?_", kTo = "\a\b\033\f\n\r\t\v\177 ";
      size_t k = kFrom.find(c);
      out += k == kFrom.npos ? c : kTo[k];
    }
  }
  return true;
}

}  // namespace

bool Colors::read(Process& p) {
  for (size_t i = 0; i < kParts; i++) {
    set_[i] = kDefaults[i].value != nullptr;
    parts_[i] = set_[i] ? kDefaults[i].value : "";
  }
  const char* text = p.getenv("LS_COLORS");
  if (!text || !*text) return terminal_has_colors(p);
  if (parse(p, text)) return true;
  p.warn("unparsable value for LS_COLORS environment variable");
  return false;
}

// Pairs "di=01;34" and "*.gz=31", each with ':' behind it.
bool Colors::parse(Process& p, std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == ':') {
      at++;
      continue;
    }
    if (text[at] == '*') {
      Extension e;
      if (!read_sequence(text, ++at, true, e.suffix)) return false;
      if (at == text.size() || text[at++] != '=') return false;
      if (!read_sequence(text, at, false, e.color)) return false;
      extensions_.push_back(std::move(e));
      continue;
    }
    if (at + 2 >= text.size() || text[at + 2] != '=') return false;
    std::string_view key = text.substr(at, 2);
    auto known = std::find_if(std::begin(kDefaults), std::end(kDefaults), [&](const Default& d) { return d.key == key; });
    bool fine = known != std::end(kDefaults);
    if (fine) {
      auto part = static_cast<size_t>(known - kDefaults);
      parts_[part].clear();
      set_[part] = true;
      fine = read_sequence(text, at += 3, false, parts_[part]);
    }
    if (fine) continue;
    p.warn("unrecognized prefix: %s", quote(p, key).c_str());   // also for a wrong escape, as GNU has it
    return false;
  }
  return true;
}

bool Colors::shows(Part part) const { return !parts_[part].empty() && parts_[part] != "0" && parts_[part] != "00"; }

Colors::Part Colors::part_of(const Subject& s) const {
  if (s.link == Subject::NotThere) return shows(Missing) ? Missing : Orphan;
  switch (s.type) {
    case FileType::Regular:
      if (!s.known) return File;
      if (s.mode & 04000 && shows(SetUid)) return SetUid;
      if (s.mode & 02000 && shows(SetGid)) return SetGid;
      if (s.mode & 0111 && shows(Exec)) return Exec;
      return s.many_links && shows(HardLinks) ? HardLinks : File;
    case FileType::Directory:
      if (!s.known) return Dir;
      if ((s.mode & 01002) == 01002 && shows(StickyOtherWritable)) return StickyOtherWritable;
      if (s.mode & 2 && shows(OtherWritable)) return OtherWritable;
      return s.mode & 01000 && shows(Sticky) ? Sticky : Dir;
    case FileType::Symlink: return s.link == Subject::Broken && (like_target() || shows(Orphan)) ? Orphan : Link;
    case FileType::Fifo: return Fifo;
    case FileType::Socket: return Sock;
    case FileType::CharDevice: return Char;
    case FileType::BlockDevice: return Block;
  }
  return File;
}

const std::string* Colors::color(const Subject& s) const {
  Part part = part_of(s);
  if (part == File) {
    for (auto e = extensions_.rbegin(); e != extensions_.rend(); ++e) {
      if (s.name.size() < e->suffix.size()) continue;
      std::string_view tail = s.name.substr(s.name.size() - e->suffix.size());
      if (std::equal(tail.begin(), tail.end(), e->suffix.begin(), [](char a, char b) { return ascii_lower(a) == ascii_lower(b); })) return &e->color;
    }
  }
  return set_[part] ? &parts_[part] : nullptr;
}

}  // namespace nacre::ls
