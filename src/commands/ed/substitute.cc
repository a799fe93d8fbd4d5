#include <algorithm>

#include "algo/unicode.h"
#include "commands/ed/editor.h"

namespace nacre {

// Up to the delimiter, with its escapes; a lone % is the replacement before.
Editor::Error Editor::replacement(char delimiter) {
  if (look() == '%' && (at_ + 1 == line_.size() || line_[at_ + 1] == delimiter)) {
    at_++;
    return have_sub_ ? nullptr : "No previous substitution";
  }
  std::string text;
  while (at_ < line_.size() && line_[at_] != delimiter) {
    char c = line_[at_++];
    if (c != '\\') {
      text += c;
      continue;
    }
    if (at_ < line_.size()) {
      text += c;
      text += line_[at_++];
      continue;
    }
    // The line goes on behind a backslash.
    std::string more;
    if (!next_line(more)) return "Unexpected end-of-file";
    text += "\\\n";
    line_ = more;
    at_ = 0;
  }
  replacement_ = text;
  return nullptr;
}

bool Editor::substitute_line(size_t n, std::string& out, bool& infinite) {
  const std::string& text = buffer_.text(n);
  std::vector<RegexSpan> spans(static_cast<size_t>(sub_regex_->groups()) + 1);
  bool changed = false;
  int64_t seen = 0;
  size_t at = 0;
  out.clear();
  while (at <= text.size() && sub_regex_->match(text, at, spans)) {
    p_.tick(static_cast<uint32_t>(1 + text.size() / 32));
    size_t from = spans[0].begin, to = spans[0].end;
    out.append(text, at, from - at);
    seen++;
    bool take = sub_global_ ? seen >= sub_count_ : seen == sub_count_;
    if (take && from == to && sub_global_) {
      infinite = true;
      return false;
    }
    if (take) {
      changed = true;
      for (size_t i = 0; i < replacement_.size(); i++) {
        char c = replacement_[i];
        if (c == '&') {
          out.append(text, from, to - from);
        } else if (c == '\\' && i + 1 < replacement_.size()) {
          char d = replacement_[++i];
          size_t group = static_cast<size_t>(d - '0');
          if (d >= '1' && d <= '9' && group < spans.size()) {
            if (spans[group].matched()) out.append(text, spans[group].begin, spans[group].size());
          } else {
            out += d;
          }
        } else {
          out += c;
        }
      }
    } else {
      out.append(text, from, to - from);
    }
    at = to;
    if (take && !sub_global_) break;
    if (from == to) {
      if (at < text.size()) out += text[at];
      at++;
    }
  }
  if (at < text.size()) out.append(text, at, std::string::npos);
  return changed;
}

Editor::Error Editor::substitute_lines(bool& any) {
  std::string out;
  size_t last = second_;
  for (size_t n = first_; n <= last; n++) {
    bool infinite = false;
    p_.tick(static_cast<uint32_t>(1 + buffer_.text(n).size() / 32));
    if (!substitute_line(n, out, infinite)) {
      if (infinite) return "Infinite substitution loop";
      continue;
    }
    // A newline in it makes more lines.
    std::vector<EdBuffer::Line> lines;
    for (size_t at = 0; at <= out.size();) {
      size_t end = std::min(out.find('\n', at), out.size());
      lines.push_back(buffer_.make(out.substr(at, end - at)));
      at = end + 1;
    }
    size_t more = lines.size() - 1;
    buffer_.replace_line(n, std::move(lines));
    n += more;
    last += more;
    current_ = n;
    any = true;
  }
  return nullptr;
}

Editor::Error Editor::substitute() {
  if (Error e = range(current_, current_)) return e;
  char c = look();
  // Without a pattern the last substitution is repeated; g, p, r and a count change it.
  if (c == '\0' || c == 'g' || c == 'p' || c == 'r' || ascii_digit(c)) {
    if (!have_sub_) return "No previous substitution";
    for (; at_ < line_.size(); at_++) {
      c = look();
      if (c == 'g') sub_global_ = !sub_global_;
      else if (c == 'p') sub_print_ = sub_print_.empty() ? "p" : "";
      else if (c == 'r') sub_regex_ = last_regex_;
      else if (ascii_digit(c)) {
        sub_count_ = number();
        sub_global_ = false;
        at_--;
      } else return "Invalid command suffix";
    }
  } else {
    if (c == ' ' || c == '\n') return "Invalid pattern delimiter";
    at_++;
    std::shared_ptr<Regex> regex;
    size_t start = at_;
    if (Error e = pattern(c, regex)) return e;
    if (at_ <= start || line_[at_ - 1] != c) return "Missing pattern delimiter";
    if (Error e = replacement(c)) return e;
    bool closed = look() == c;
    if (closed) at_++;
    sub_regex_ = regex;
    have_sub_ = true;
    sub_global_ = false;
    sub_count_ = 1;
    sub_print_ = closed ? "" : "p";
    for (; at_ < line_.size(); at_++) {
      char f = look();
      if (f == 'g') sub_global_ = true;
      else if (f == 'p' || f == 'l' || f == 'n') sub_print_ += f;
      else if (ascii_digit(f) && f != '0') {
        sub_count_ = number();
        at_--;
      } else return "Invalid command suffix";
    }
  }
  change();
  bool any = false;
  if (Error e = substitute_lines(any)) return e;
  if (!any && !in_global_) return "No match";
  if (any)
    for (char f : sub_print_) (f == 'p' ? print_p_ : f == 'l' ? print_l_ : print_n_) = true;
  return nullptr;
}

}  // namespace nacre
