#include "commands/ed/editor.h"

#include <algorithm>

#include "algo/unicode.h"

namespace nacre {

Editor::Editor(Process& p, const EdOptions& o) : p_(p), o_(o), in_(p, 0, "-", false), out_(p), buffer_(p) {
  prompt_on_ = o.prompt.has_value();
  explain_ = o.verbose;
}

void Editor::fail(Error e) {
  message_ = e;
  failed_ = true;
  out_.write("?\n");
  if (explain_) out_.line(message_);
}

// A line of commands: from the list of g, or from standard input.
bool Editor::next_line(std::string& line) {
  if (in_global_) {
    if (list_.empty()) return false;
    line = std::move(list_.back());
    list_.pop_back();
    return true;
  }
  if (in_.block(0).empty()) out_.flush();
  std::string_view text;
  if (!in_.next_line(text)) return false;
  line = text;
  p_.tick();
  return true;
}

// Lines that end in a backslash go on.
bool Editor::escaped_lines(std::string& line) {
  auto odd = [](const std::string& s) {
    size_t n = 0;
    while (n < s.size() && s[s.size() - 1 - n] == '\\') n++;
    return n % 2 == 1;
  };
  while (odd(line)) {
    std::string more;
    if (!next_line(more)) return false;
    line.back() = '\n';
    line += more;
  }
  return true;
}

int Editor::run() {
  Next next = Next::Go;
  while (next == Next::Go) {
    if (prompt_on_) out_.write(o_.prompt.value_or("*"));
    if (!next_line(line_)) {
      // The end of input is like q, but that it is heeded.
      if (buffer_.modified && !warned_) {
        fail("Warning: buffer modified");
        return out_.finish(2);
      }
      return out_.finish(failed_ && !o_.loose ? 1 : 0);
    }
    at_ = 0;
    bool was_warned = warned_;
    if (Error e = command(next)) fail(e);
    if (was_warned) warned_ = false;
  }
  return out_.finish(failed_ && !o_.loose ? 1 : 0);
}

int64_t Editor::number() {
  int64_t n = 0;
  while (ascii_digit(look())) n = std::min<int64_t>(n * 10 + (line_[at_++] - '0'), INT32_MAX);
  return n;
}

Editor::Error Editor::pattern(char delimiter, std::shared_ptr<Regex>& to) {
  std::string text;
  bool closed = false;
  int bracket = -1;
  for (; at_ < line_.size(); at_++) {
    char c = line_[at_];
    if (bracket < 0 && c == delimiter) {
      closed = true;
      break;
    }
    if (bracket < 0 && c == '\\' && at_ + 1 < line_.size()) {
      char d = line_[++at_];
      if (d == delimiter && d != '/' && !ascii_alnum(d))
        text += d == '.' || d == '*' || d == '[' || d == '^' || d == '$' ? std::string("\\") + d : std::string(1, d);
      else if (d == delimiter) text += d;
      else text += std::string("\\") + d;
      continue;
    }
    if (bracket < 0 && c == '[') bracket = static_cast<int>(text.size());
    else if (bracket >= 0 && c == ']') {
      // One right behind the bracket belongs to the set.
      size_t from = static_cast<size_t>(bracket) + 1;
      if (from < text.size() && text[from] == '^') from++;
      bool in_class = text.find("[:", from) != std::string::npos && text.rfind("[:") > text.rfind(":]") + 1 && text.rfind(":]") == std::string::npos;
      if (text.size() > from && !in_class) bracket = -1;
    }
    text += c;
  }
  if (bracket >= 0) return "Unbalanced brackets ([])";
  if (closed) at_++;
  if (text.empty()) {
    if (!last_regex_) return "No previous pattern";
    to = last_regex_;
    return nullptr;
  }
  std::string error;
  auto compiled = Regex::compile(text, (o_.extended ? kRegexExtended : 0u) | (p_.utf8() ? kRegexUtf8 : 0u), &error);
  if (!compiled) {
    message_ = error;
    return message_.c_str();
  }
  to = last_regex_ = std::shared_ptr<Regex>(std::move(compiled));
  return nullptr;
}

// The next line that matches, around the end.
Editor::Error Editor::search(char delimiter, std::optional<int64_t>& to) {
  at_++;
  std::shared_ptr<Regex> regex;
  if (Error e = pattern(delimiter, regex)) return e;
  size_t n = buffer_.size(), from = to ? static_cast<size_t>(std::clamp<int64_t>(*to, 0, static_cast<int64_t>(n))) : current_;
  for (size_t k = 1; k <= n; k++) {
    size_t line = delimiter == '/' ? (from + k - 1) % n + 1 : (from + 2 * n - k - 1) % n + 1;
    p_.tick(static_cast<uint32_t>(1 + buffer_.text(line).size() / 32));
    if (!regex->matches(buffer_.text(line))) continue;
    to = static_cast<int64_t>(line);
    return nullptr;
  }
  return "No match";
}

// One address with its offsets; none: `to` stays empty.
Editor::Error Editor::address(std::optional<int64_t>& to) {
  bool first = true;
  for (;;) {
    blanks();
    char c = look();
    if (ascii_digit(c)) {
      int64_t n = number();
      to = first ? n : *to + n;
    } else if (c == '+' || c == '-' || c == '^') {
      at_++;
      blanks();
      int64_t n = ascii_digit(look()) ? number() : 1;
      to = (to ? *to : static_cast<int64_t>(current_)) + (c == '+' ? n : -n);
    } else if (c == '.' || c == '$') {
      if (!first) return "Invalid address";
      at_++;
      to = static_cast<int64_t>(c == '.' ? current_ : buffer_.size());
    } else if (c == '/' || c == '?') {
      if (!first) return "Invalid address";
      if (Error e = search(c, to)) return e;
    } else if (c == '\'') {
      if (!first) return "Invalid address";
      at_++;
      char name = look();
      if (name < 'a' || name > 'z') return "Invalid mark character";
      at_++;
      auto mark = buffer_.marks.find(name);
      size_t n = mark == buffer_.marks.end() ? 0 : buffer_.find(mark->second);
      if (n == 0) return "Invalid address";
      to = static_cast<int64_t>(n);
    } else {
      if (to && (*to < 0 || *to > static_cast<int64_t>(buffer_.size()))) return "Invalid address";
      return nullptr;
    }
    first = false;
  }
}

Editor::Error Editor::addresses() {
  first_ = second_ = current_;
  addresses_ = 0;
  std::optional<int64_t> a;
  size_t was = current_;
  if (Error e = address(a)) return e;
  if (a) {
    second_ = static_cast<size_t>(*a);
    addresses_ = 1;
  }
  for (;;) {
    blanks();
    char c = look();
    if (c != ',' && c != ';' && c != '%') break;
    if (c == '%' && addresses_ > 0) break;
    at_++;
    bool none = addresses_ == 0;
    first_ = none ? c == ';' ? current_ : std::min<size_t>(1, buffer_.size()) : second_;
    if (c == ';' && !none) current_ = second_;
    std::optional<int64_t> b;
    Error e = address(b);
    if (e) {
      current_ = was;
      return e;
    }
    second_ = b ? static_cast<size_t>(*b) : none ? buffer_.size() : first_;
    addresses_ = 2;
  }
  if (addresses_ == 1) first_ = second_;
  if (addresses_ == 2 && first_ > second_) {
    current_ = was;
    return "Invalid address";
  }
  return nullptr;
}

// Lines a command works on, with what it takes without addresses.
Editor::Error Editor::range(size_t first, size_t last) {
  if (addresses_ == 0) {
    first_ = first;
    second_ = last;
  }
  return first_ < 1 || first_ > second_ || second_ > buffer_.size() ? "Invalid address" : nullptr;
}

// The end of a command: p, l and n print the current line afterwards.
Editor::Error Editor::suffix(bool allow_print) {
  for (;; at_++) {
    char c = look();
    if (allow_print && c == 'p') print_p_ = true;
    else if (allow_print && c == 'l') print_l_ = true;
    else if (allow_print && c == 'n') print_n_ = true;
    else return at_ < line_.size() ? "Invalid command suffix" : nullptr;
  }
}

void Editor::list(const std::string& text) {
  size_t column = 0;
  auto put = [&](std::string_view piece) {
    if (column + piece.size() > 72) {
      out_.write("\\\n");
      column = 0;
    }
    out_.write(piece);
    column += piece.size();
  };
  for (char c : text) {
    constexpr std::string_view from = "\a\b\f\n\r\t\v\\$", to = "abfnrtv\\$";
    size_t k = from.find(c);
    char room[8];
    if (k != std::string_view::npos) std::snprintf(room, sizeof room, "\\%c", to[k]);
    else if (c >= ' ' && c < 0x7f) std::snprintf(room, sizeof room, "%c", c);
    else std::snprintf(room, sizeof room, "\\%03o", static_cast<unsigned char>(c));
    put(room);
  }
  if (!o_.traditional) out_.write("$");
}

Editor::Error Editor::print(size_t first, size_t last) {
  if (first < 1 || first > buffer_.size()) return "Invalid address";
  for (size_t n = first; n <= last; n++) {
    if (print_n_) out_.format("%zu\t", n);
    if (print_l_) list(buffer_.text(n));
    else out_.write(buffer_.text(n));
    out_.put('\n');
    p_.tick();
  }
  current_ = last;
  print_p_ = print_l_ = print_n_ = false;
  return nullptr;
}

Editor::Error Editor::command(Next& next) {
  print_p_ = print_l_ = print_n_ = false;
  if (Error e = addresses()) return e;
  blanks();
  char c = look();
  if (c) at_++;
  Error e;
  if (std::string_view("acdijmstuxykrg").find(c) != std::string_view::npos && c) e = edit_command(c);
  else if (std::string_view("eEfwWqQ").find(c) != std::string_view::npos && c) e = file_command(c, next);
  else e = other_command(c);
  if (e) return e;
  if ((print_p_ || print_l_ || print_n_) && next == Next::Go) return print(current_, current_);
  return nullptr;
}

Editor::Error Editor::other_command(char c) {
  switch (c) {
    case '\0':
      if (at_ < line_.size()) return "Unknown command";
      if (addresses_ == 0) first_ = second_ = current_ + 1;
      if (second_ < 1 || second_ > buffer_.size()) return "Invalid address";
      return print(second_, second_);
    case 'p':
    case 'l':
    case 'n': {
      if (Error e = range(current_, current_)) return e;
      at_--;
      if (Error e = suffix()) return e;
      return print(first_, second_);
    }
    case 'h':
    case 'H': {
      if (addresses_ > 0) return "Unexpected address";
      if (Error e = suffix()) return e;
      if (c == 'H') explain_ = !explain_;
      if (!message_.empty() && (c == 'h' || explain_)) out_.line(message_);
      return nullptr;
    }
    case 'P': {
      if (addresses_ > 0) return "Unexpected address";
      if (Error e = suffix()) return e;
      prompt_on_ = !prompt_on_;
      return nullptr;
    }
    case 'G':
    case 'v':
    case 'V':
      if (in_global_) return "Cannot nest global commands";
      if (Error e = range(std::min<size_t>(1, buffer_.size()), buffer_.size())) return e;
      return global(c == 'G', c != 'v');
    case 'z': return scroll();
    case '=': {
      size_t n = addresses_ ? second_ : buffer_.size();
      if (Error e = suffix()) return e;
      out_.format("%zu\n", n);
      return nullptr;
    }
    case '!':
      if (addresses_ > 0) return "Unexpected address";
      return shell();
    case '#': return nullptr;
    default: return "Unknown command";
  }
}

Editor::Error Editor::edit_command(char c) {
  switch (c) {
    case 'a':
    case 'i': {
      if (Error e = suffix()) return e;
      change();
      size_t after = second_;
      if (c == 'i' && after > 0) after--;
      return append(after);
    }
    case 'c': {
      if (first_ == 0) first_ = 1;
      if (second_ == 0) second_ = 1;
      if (Error e = range(first_, second_)) return e;
      if (Error e = suffix()) return e;
      change();
      buffer_.erase(first_, second_);
      size_t left = buffer_.size();
      current_ = std::min(first_, left);
      size_t before = first_ - 1, n = buffer_.size();
      if (Error e = append(before)) return e;
      if (buffer_.size() == n) current_ = std::min(first_, n);
      return nullptr;
    }
    case 'd': {
      if (Error e = range(current_, current_)) return e;
      if (Error e = suffix()) return e;
      change();
      auto& cut = buffer_.cut;
      cut.clear();
      for (size_t n = first_; n <= second_; n++) cut.push_back(buffer_.line(n));
      buffer_.erase(first_, second_);
      current_ = std::min(first_, buffer_.size());
      return nullptr;
    }
    case 'j': return join();
    case 'k': {
      if (second_ == 0) return "Invalid address";
      char name = look();
      if (name == '\0') return "Invalid command suffix";
      at_++;
      if (Error e = suffix()) return e;
      if (name < 'a' || name > 'z') return "Invalid mark character";
      buffer_.marks[name] = buffer_.line(second_);
      return nullptr;
    }
    case 'm': return move();
    case 't': return transfer();
    case 's': return substitute();
    case 'u': return undo();
    case 'x': return put();
    case 'y': {
      if (Error e = range(current_, current_)) return e;
      if (Error e = suffix()) return e;
      buffer_.cut.clear();
      for (size_t n = first_; n <= second_; n++) buffer_.cut.push_back(buffer_.line(n));
      return nullptr;
    }
    case 'g':
      if (in_global_) return "Cannot nest global commands";
      if (Error e = range(std::min<size_t>(1, buffer_.size()), buffer_.size())) return e;
      return global(true, false);
    default: {   // r
      size_t after = addresses_ ? second_ : buffer_.size();
      std::string name;
      if (Error e = file_name(name)) return e;
      change();
      int64_t size = 0;
      if (Error e = read_file(name, after, size)) return e;
      report(size);
      return nullptr;
    }
  }
}

// Lines up to one that is a dot.
Editor::Error Editor::append(size_t after) {
  std::vector<EdBuffer::Line> lines;
  std::string text;
  while (next_line(text)) {
    if (text == ".") break;
    lines.push_back(buffer_.make(std::move(text)));
    text.clear();
  }
  current_ = after + lines.size();
  if (lines.empty()) current_ = std::max<size_t>(after, std::min<size_t>(current_, buffer_.size()));
  if (!lines.empty()) buffer_.insert(after, std::move(lines));
  return nullptr;
}

Editor::Error Editor::join() {
  if (Error e = range(current_, current_ + 1)) return e;
  if (Error e = suffix()) return e;
  change();
  if (first_ == second_) {
    current_ = first_;
    return nullptr;
  }
  std::string text;
  for (size_t n = first_; n <= second_; n++) text += buffer_.text(n);
  buffer_.erase(first_, second_);
  buffer_.insert(first_ - 1, {buffer_.make(std::move(text))});
  current_ = first_;
  return nullptr;
}

Editor::Error Editor::destination(size_t& to) {
  std::optional<int64_t> n;
  size_t first = first_, second = second_;
  int had = addresses_;
  if (Error e = address(n)) return e;
  if (!n && o_.traditional) return "Destination expected";
  first_ = first;
  second_ = second;
  addresses_ = had;
  to = n ? static_cast<size_t>(*n) : current_;
  return suffix();
}

Editor::Error Editor::move() {
  if (Error e = range(current_, current_)) return e;
  size_t to;
  if (Error e = destination(to)) return e;
  if (to >= first_ && to < second_) return "Invalid destination";
  change();
  std::vector<EdBuffer::Line> lines;
  for (size_t n = first_; n <= second_; n++) lines.push_back(buffer_.line(n));
  size_t count = lines.size();
  if (to == first_ - 1 || to == second_) {
    current_ = second_;
    buffer_.modified = true;
    return nullptr;
  }
  buffer_.erase(first_, second_);
  if (to > second_) to -= count;
  buffer_.insert(to, std::move(lines));
  current_ = to + count;
  return nullptr;
}

Editor::Error Editor::transfer() {
  if (Error e = range(current_, current_)) return e;
  size_t to;
  if (Error e = destination(to)) return e;
  change();
  std::vector<EdBuffer::Line> lines;
  for (size_t n = first_; n <= second_; n++) lines.push_back(buffer_.make(buffer_.text(n)));
  current_ = to + lines.size();
  buffer_.insert(to, std::move(lines));
  return nullptr;
}

Editor::Error Editor::put() {
  if (second_ > buffer_.size()) return "Invalid address";
  if (Error e = suffix()) return e;
  if (buffer_.cut.empty()) return "Nothing to put";
  change();
  std::vector<EdBuffer::Line> lines;
  for (const auto& l : buffer_.cut) lines.push_back(buffer_.make(*l));
  current_ = second_ + lines.size();
  buffer_.insert(second_, std::move(lines));
  return nullptr;
}

Editor::Error Editor::undo() {
  if (addresses_ > 0) return "Unexpected address";
  if (Error e = suffix()) return e;
  auto before = buffer_.undo(current_);
  if (!before) return "Nothing to undo";
  current_ = *before;
  return nullptr;
}

Editor::Error Editor::scroll() {
  size_t from = addresses_ ? second_ : current_ + 1;
  if (ascii_digit(look())) {
    int64_t n = number();
    if (n < 1) return "Invalid address";
    window_ = static_cast<size_t>(n);
  }
  if (from < 1 || from > buffer_.size()) return "Invalid address";
  if (Error e = suffix()) return e;
  return print(from, std::min(buffer_.size(), from + window_ - 1));
}

// g and v: lines are marked first; then the list runs for each that is still there.
Editor::Error Editor::global(bool matching, bool interactive) {
  if (line_[at_ - 1] == 'V') matching = false;
  char delimiter = look();
  if (!delimiter || delimiter == ' ') return "Invalid pattern delimiter";
  at_++;
  std::shared_ptr<Regex> regex;
  if (Error e = pattern(delimiter, regex)) return e;
  if (interactive)
    if (Error e = suffix()) return e;
  std::string rest = line_.substr(std::min(at_, line_.size()));
  if (!interactive && !escaped_lines(rest)) return "Unexpected end-of-file";
  if (!interactive && rest.empty()) rest = "p";
  std::vector<EdBuffer::Line> marked;
  for (size_t n = first_; n <= second_; n++) {
    p_.tick(static_cast<uint32_t>(1 + buffer_.text(n).size() / 32));
    if (regex->matches(buffer_.text(n)) == matching) marked.push_back(buffer_.line(n));
  }
  change();
  size_t hint = 0;
  for (const auto& line : marked) {
    // Mostly they come in order.
    size_t n = 0;
    for (size_t k = 0; k < buffer_.size() && n == 0; k++) {
      size_t candidate = (hint + k) % buffer_.size() + 1;
      if (buffer_.line(candidate) == line) n = candidate;
      if ((k & 255) == 255) p_.tick(64);
    }
    if (n == 0) continue;
    hint = n - 1;
    current_ = n;
    std::string list = rest;
    if (interactive) {
      print_p_ = !print_l_ && !print_n_;
      bool l = print_l_, num = print_n_;
      (void)print(n, n);
      print_l_ = l;
      print_n_ = num;
      if (!next_line(list)) return "Unexpected end-of-file";
      if (!escaped_lines(list)) return "Unexpected end-of-file";
      if (list.empty()) continue;
      if (list == "&") {
        if (last_list_.empty()) return "No previous command";
        list = last_list_;
      } else {
        last_list_ = list;
      }
    }
    list_.clear();
    for (size_t at = 0; at <= list.size();) {
      size_t end = std::min(list.find('\n', at), list.size());
      list_.insert(list_.begin(), list.substr(at, end - at));
      at = end + 1;
    }
    in_global_ = true;
    Error e = nullptr;
    Next next = Next::Go;
    while (!e && next_line(line_)) {
      at_ = 0;
      e = command(next);
    }
    in_global_ = false;
    list_.clear();
    if (e) return e;
  }
  print_p_ = print_l_ = print_n_ = false;
  return nullptr;
}

}  // namespace nacre
