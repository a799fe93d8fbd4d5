#include "commands/ls/names.h"

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/canonical.h"

namespace nacre::ls {
namespace {

/// For a URI: letters, digits, -._~ and, in paths, '/'; the rest as %xx.
std::string uri_text(std::string_view s, bool path) {
  std::string out;
  for (char c : s) {
    if (ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || (path && c == '/')) {
      out += c;
      continue;
    }
    constexpr char kHex[] = "0123456789abcdef";
    out += '%';
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[c & 15];
  }
  return out;
}

}  // namespace

Names::Names(Process& p, const Options& o) : p_(p), o_(o), out_(p, 1, 2) {
  colored_ = o.color && colors_.read(p);
  if (!o.hyperlink) return;
  auto text = read_file(p, "/etc/hostname");
  host_ = text ? text->substr(0, text->find('\n')) : "";
}

std::string Names::quoted(std::string_view name, std::string_view also) const {
  bool utf8 = p_.utf8();
  std::string text = quote_as(o_.quote, name, utf8, also);
  bool raw = o_.quote == QuoteStyle::Literal || o_.quote == QuoteStyle::Shell || o_.quote == QuoteStyle::ShellAlways;
  if (!o_.question_marks || !raw) return text;
  std::string shown;
  for (size_t i = 0; i < text.size();) {
    auto byte = static_cast<unsigned char>(text[i]);
    utf8::Char c{byte, 1, byte < 0x80};
    if (utf8) c = utf8::decode(std::string_view(text).substr(i));
    if (c.valid && in_class(c.code, CharClass::Print)) shown.append(text, i, c.length);
    else shown += '?';
    i += c.length;
  }
  return shown;
}

// Outside UTF-8 only ASCII is known to be printed.
size_t Names::columns(std::string_view text) const {
  if (p_.utf8()) return text_width(text, true);
  size_t n = 0;
  for (char c : text) n += c >= ' ' && c <= '~';
  return n;
}

bool Names::measure(Entry& e) const {
  std::string text = quoted(e.name, o_.quoted_too);
  e.quoted = o_.align_quotes && text != e.name;
  e.width = columns(text);
  return e.quoted;
}

char Names::mark(const Stat& st, bool known) const {
  if (o_.mark == Mark::None) return 0;
  if (st.is_dir()) return '/';
  if (o_.mark == Mark::Slash) return 0;
  switch (st.type) {
    case FileType::Regular: return o_.mark == Mark::Classify && known && (st.mode & 0111) ? '*' : 0;
    case FileType::Symlink: return '@';
    case FileType::Fifo: return '|';
    case FileType::Socket: return '=';
    default: return 0;
  }
}

bool Names::needs_mode(FileType type) const {
  if (!colored_) return false;
  if (type == FileType::Directory) return colors_.shows(Colors::OtherWritable) || colors_.shows(Colors::Sticky) || colors_.shows(Colors::StickyOtherWritable);
  return type == FileType::Regular &&
         (colors_.shows(Colors::Exec) || colors_.shows(Colors::SetUid) || colors_.shows(Colors::SetGid) || colors_.shows(Colors::Capability));
}

const std::string* Names::color(const Entry& e, bool target) const {
  if (!colored_) return nullptr;
  Colors::Subject s{};
  bool through = target || (colors_.like_target() && e.target_known);
  const Stat& st = through && e.target_known ? e.target_st : e.st;
  s.name = target ? e.target : e.name;
  s.type = st.type;
  s.mode = st.mode;
  s.known = e.known;
  s.many_links = e.st.nlink > 1;
  s.link = e.target_known ? Colors::Subject::Works : target ? Colors::Subject::NotThere : Colors::Subject::Broken;
  return colors_.color(s);
}

void Names::sequence(const std::string& s) {
  if (!used_color_) {
    used_color_ = true;
    reset_color();
  }
  out_.write(s);
}

void Names::reset_color() {
  if (!colors_[Colors::End].empty()) return sequence(colors_[Colors::End]);
  sequence(colors_[Colors::Left]);
  sequence(colors_[Colors::Reset]);
  sequence(colors_[Colors::Right]);
}

void Names::normal_color() {
  if (!colored_ || !colors_.shows(Colors::Normal)) return;
  sequence(colors_[Colors::Left]);
  sequence(colors_[Colors::Normal]);
  sequence(colors_[Colors::Right]);
}

// A terminal shows the text as a link; quotes that only align stand outside of it.
void Names::linked(const std::string& text, const std::string& absolute, bool outer_quotes, bool dired, std::vector<size_t>& at) {
  std::string_view shown = text;
  if (!absolute.empty()) {
    if (outer_quotes) {
      out_.put(text.front());
      shown = shown.substr(1, shown.size() - 2);
    }
    out_.write("\033]8;;file://" + uri_text(host_, false) + (absolute[0] == '/' ? "" : "/") + uri_text(absolute, true) + "\a");
  }
  if (dired) at.push_back(position_);
  write(shown);
  if (dired) at.push_back(position_);
  if (absolute.empty()) return;
  out_.write("\033]8;;\a");
  if (outer_quotes) out_.put(text.back());
}

size_t Names::write_colored(const std::string& text, const std::string* color, const std::string& absolute, bool outer_quotes, bool dired, size_t column) {
  bool normal = colored_ && colors_.shows(Colors::Normal);
  if (color) {
    if (normal) {
      sequence(colors_[Colors::Left]);
      sequence(colors_[Colors::Right]);
    }
    sequence(colors_[Colors::Left]);
    sequence(*color);
    sequence(colors_[Colors::Right]);
  }
  linked(text, absolute, outer_quotes, dired, names_at_);
  if (!color && !normal) return text.size();
  reset_color();
  // The terminal may have colored the rest of a line that it began.
  if (o_.width && column / o_.width != (column + text.size() - 1) / o_.width) sequence(colors_[Colors::ClearLine]);
  return text.size();
}

size_t Names::write_name(const Entry& e, bool some_quoted, size_t column) {
  bool pad = aligns(e, some_quoted);
  if (pad) write(" ");
  size_t bytes = pad ? 1 : 0;
  return bytes + write_colored(quoted(e.name, o_.quoted_too), color(e, false), e.absolute, o_.align_quotes && some_quoted && !pad, o_.dired, column + bytes);
}

void Names::write_target(const Entry& e, size_t column) { write_colored(quoted(e.target, o_.quoted_too), color(e, true), e.absolute, false, false, column); }

void Names::write_title(const std::string& path) {
  indent();
  std::string absolute;
  if (o_.hyperlink)
    if (auto full = canonical_path(p_, path, Canonical::Missing)) absolute = *full;
  linked(quoted(path, o_.quoted_too + ":"), absolute, false, o_.dired, titles_at_);
  write(":\n");
}

void Names::finish() {
  auto positions = [&](const char* title, const std::vector<size_t>& at) {
    if (at.empty()) return;
    out_.write(title);
    for (size_t n : at) out_.write(" " + std::to_string(n));
    out_.put('\n');
  };
  if (o_.dired) {
    constexpr const char* kStyles[] = {"literal", "shell",   "shell-always", "shell-escape", "shell-escape-always",
                                       "c",       "c-maybe", "escape",       "locale",       "clocale"};
    positions("//DIRED//", names_at_);
    positions("//SUBDIRED//", titles_at_);
    out_.write("//DIRED-OPTIONS// --quoting-style=" + std::string(kStyles[static_cast<int>(o_.quote)]) + "\n");
  }
  if (used_color_ && !(colors_[Colors::Left] == "\033[" && colors_[Colors::Right] == "m")) {
    out_.write(colors_[Colors::Left]);
    out_.write(colors_[Colors::Right]);
  }
}

}  // namespace nacre::ls
