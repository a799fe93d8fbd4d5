#include "algo/history_expand.h"

#include <algorithm>
#include <optional>

namespace nacre {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool meta(char c) { return std::string_view("()<>;&|").find(c) != std::string_view::npos; }

/// Behind the quote that opens at i.
size_t past_quote(std::string_view s, size_t i) {
  char q = s[i++];
  while (i < s.size() && s[i] != q) i += s[i] == '\\' && q != '\'' && i + 1 < s.size() ? 2 : 1;
  return std::min(s.size(), i + 1);
}

/// Behind the bracket that opens at i.
size_t past_bracket(std::string_view s, size_t i) {
  char open = s[i], close = open == '(' ? ')' : '}';
  int depth = 0;
  while (i < s.size()) {
    char c = s[i];
    if (c == '\\' && i + 1 < s.size()) i++;
    else if (c == '\'' || c == '"') {
      i = past_quote(s, i);
      continue;
    } else if (c == open) depth++;
    else if (c == close && --depth == 0) return i + 1;
    i++;
  }
  return i;
}

size_t past_operator(std::string_view s, size_t i) {
  char c = s[i];
  if (c == '(' || c == ')') return i + 1;
  size_t end = i + 1;
  while (end < s.size() && s[end] == c && end - i < (c == '<' ? 3u : 2u)) end++;
  if (end < s.size() && ((c == '<' || c == '>') && end - i == 1 && (s[end] == '&' || s[end] == '>' || (c == '>' && s[end] == '|')))) end++;
  else if (c == '&' && end < s.size() && s[end] == '>') end++;
  else if (c == ';' && end < s.size() && s[end] == '&') end++;
  else if (c == '<' && end - i == 2 && end < s.size() && s[end] == '-') end++;
  return end;
}

size_t past_word(std::string_view s, size_t i) {
  while (i < s.size() && !blank(s[i])) {
    char c = s[i];
    if (c == '\\') i += 2;
    else if (c == '\'' || c == '"' || c == '`') i = past_quote(s, i);
    else if ((c == '$' || c == '<' || c == '>' || c == '!' || c == '@' || c == '+' || c == '?' || c == '*') && i + 1 < s.size() && s[i + 1] == '(')
      i = past_bracket(s, i + 1);
    else if (c == '$' && i + 1 < s.size() && s[i + 1] == '{') i = past_bracket(s, i + 1);
    else if (meta(c)) break;
    else i++;
  }
  return std::min(i, s.size());
}

}  // namespace

std::vector<std::string> history_words(std::string_view s) {
  std::vector<std::string> words;
  for (size_t i = 0; i < s.size();) {
    if (blank(s[i])) {
      i++;
      continue;
    }
    bool substitution = (s[i] == '<' || s[i] == '>') && i + 1 < s.size() && s[i + 1] == '(';
    size_t end = meta(s[i]) && !substitution ? past_operator(s, i) : past_word(s, i);
    // A number before < or > is part of the operator.
    if (digit(s[i]) && end < s.size() && (s[end] == '<' || s[end] == '>') &&
        std::all_of(s.begin() + static_cast<ptrdiff_t>(i), s.begin() + static_cast<ptrdiff_t>(end), digit))
      end = past_operator(s, end);
    if (end <= i) end = i + 1;
    words.emplace_back(s.substr(i, end - i));
    i = end;
  }
  return words;
}

/// One line being expanded.
class HistoryExpansion {
 public:
  HistoryExpansion(HistoryExpander& state, std::string_view line, const std::vector<std::string>& events, size_t base, bool extglob)
      : h_(state), s_(line), events_(events), base_(base), extglob_(extglob) {}

  HistoryExpander::Outcome run(std::string* out) {
    if (!s_.empty() && s_[0] == h_.quick_) {
      // ^old^new^ is !!:s^old^new^.
      quick_text_ = std::string(1, h_.expansion_) + h_.expansion_ + ":s" + std::string(s_);
      s_ = quick_text_;
      quick_ = true;
    }
    bool double_quoted = false;
    for (size_t i = 0; i < s_.size();) {
      char c = s_[i];
      if (c == '\\' && i + 1 < s_.size()) {
        out_ += s_.substr(i, 2);
        i += 2;
      } else if (c == '\'' && !double_quoted) {
        size_t end = past_quote(s_, i);
        out_ += s_.substr(i, end - i);
        i = end;
      } else if (c == h_.comment_ && !double_quoted && (i == 0 || blank(s_[i - 1]) || meta(s_[i - 1]))) {
        out_ += s_.substr(i);
        break;
      } else if (c == h_.expansion_ && !plain_at(i, double_quoted)) {
        changed_ = true;
        size_t start = i;
        if (!expand_one(i)) {
          *out = error_;
          return HistoryExpander::Outcome::Error;
        }
        if (i == start) i++;
      } else {
        if (c == '"') double_quoted = !double_quoted;
        out_ += c;
        i++;
      }
    }
    *out = std::move(out_);
    return print_ ? HistoryExpander::Outcome::Print : changed_ ? HistoryExpander::Outcome::Changed : HistoryExpander::Outcome::Unchanged;
  }

 private:
  char at(size_t i) const { return i < s_.size() ? s_[i] : '\0'; }

  /// True where the expansion character stands for itself.
  bool plain_at(size_t i, bool double_quoted) const {
    char next = at(i + 1), before = i ? s_[i - 1] : '\0';
    if (next == '\0' || blank(next) || next == '\r' || next == '=') return true;
    if (double_quoted && next == '"') return true;
    if (next == '(' && extglob_ && s_.find(')', i + 2) != s_.npos) return true;
    if (before == '[' && s_.find(']', i + 1) != s_.npos) return true;
    if (before == '{' && i > 1 && s_[i - 2] == '$' && s_.find('}', i + 1) != s_.npos) return true;
    return before == '$';
  }

  bool fail(size_t from, size_t to, const char* message) {
    std::string_view text = s_.substr(from, std::min(to, s_.size()) - from);
    error_ = std::string(text) + ": " + message;
    return false;
  }

  bool expand_one(size_t& i) {
    size_t start = i;
    std::string event;
    std::optional<std::string> found = read_event(i);
    if (!found) return fail(start, i, "event not found");
    event = std::move(*found);
    size_t designator = i;
    if (!read_words(i, event)) return fail(designator, i, "bad word specifier");
    return modify(i, event);
  }

  /// The event that "!..." at i names; i moves behind it.
  std::optional<std::string> read_event(size_t& i) {
    i++;
    char c = at(i);
    if (c == h_.expansion_) {
      i++;
      return newest();
    }
    if (c == '#') {
      i++;
      return out_;
    }
    if (c == ':' || c == '$' || c == '^' || c == '*' || c == '%') return newest();
    if (digit(c) || (c == '-' && digit(at(i + 1)))) {
      bool back = c == '-';
      if (back) i++;
      size_t n = 0;
      while (digit(at(i)) && n < (1u << 30)) n = n * 10 + static_cast<size_t>(s_[i++] - '0');
      size_t index = back ? events_.size() - n : n - base_;
      if (back ? n == 0 || n > events_.size() : n < base_ || index >= events_.size()) return std::nullopt;
      return events_[index];
    }
    if (c == '-') {
      i++;
      return newest();
    }
    bool inside = c == '?';
    if (inside) i++;
    size_t from = i;
    while (i < s_.size() &&
           (inside ? s_[i] != '?' && s_[i] != '\n' : !blank(s_[i]) && s_[i] != ':' && std::string_view("^$*%;&|()<>\"").find(s_[i]) == std::string_view::npos))
      i++;
    std::string text(s_.substr(from, i - from));
    if (inside) {
      if (at(i) == '?') i++;
      if (text.empty()) text = h_.search_;
      h_.search_ = text;
    }
    if (text.empty()) return std::nullopt;
    for (size_t k = events_.size(); k-- > 0;) {
      const std::string& e = events_[k];
      size_t where = inside ? e.find(text) : e.starts_with(text) ? 0 : e.npos;
      if (where == e.npos) continue;
      if (inside) {
        h_.matched_.clear();
        for (const std::string& w : history_words(e))
          if (h_.matched_.empty() && w.find(text) != w.npos) h_.matched_ = w;
      }
      return e;
    }
    return std::nullopt;
  }

  std::optional<std::string> newest() const { return events_.empty() ? std::nullopt : std::optional(events_.back()); }

  /// Word designators at i choose words of the event.
  bool read_words(size_t& i, std::string& event) {
    if (quick_ && out_.empty() && i == 2) return true;
    bool colon = at(i) == ':';
    size_t k = i + colon;
    char c = at(k);
    bool starts = c == '^' || c == '$' || c == '*' || c == '%' || c == '-' || (colon && digit(c));
    if (!starts) return true;
    std::vector<std::string> words = history_words(event);
    if (c == '%') {
      i = k + 1;
      event = h_.matched_;
      return !event.empty();
    }
    size_t last = words.empty() ? 0 : words.size() - 1;
    size_t first = 0, end = 0;
    auto number = [&](size_t& out) {
      if (at(k) == '^') {
        out = 1;
        k++;
        return true;
      }
      if (at(k) == '$') {
        out = last;
        k++;
        return true;
      }
      if (!digit(at(k))) return false;
      for (out = 0; digit(at(k)) && out < 100000; k++) out = out * 10 + static_cast<size_t>(s_[k] - '0');
      return true;
    };
    bool open_star = false;
    if (c == '*') {
      first = 1;
      end = last;
      k++;
      open_star = true;
    } else {
      if (c == '-') first = 0;
      else number(first);
      end = first;
      if (at(k) == '-') {
        k++;
        if (!number(end)) end = last ? last - 1 : 0;   // x-: all but the last
      } else if (at(k) == '*') {
        k++;
        end = last;
        open_star = true;
      }
    }
    i = k;
    if (open_star && first > last) {
      event.clear();
      return first == last + 1;
    }
    if (words.empty() || first > last || end > last || first > end) return false;
    event.clear();
    for (size_t w = first; w <= end; w++) event += (w > first ? " " : "") + words[w];
    return true;
  }

  bool modify(size_t& i, std::string text) {
    char quote = 0;
    while (at(i) == ':') {
      size_t modifier = i++;
      bool global = false, by_word = false;
      while (at(i) == 'g' || at(i) == 'a' || at(i) == 'G') {
        (at(i) == 'G' ? by_word : global) = true;
        i++;
      }
      char c = at(i);
      i++;
      size_t slash = text.rfind('/'), dot = text.rfind('.');
      switch (c) {
        case 'h':
          if (slash != text.npos) text.resize(slash);
          break;
        case 't':
          if (slash != text.npos) text.erase(0, slash + 1);
          break;
        case 'r':
          if (dot != text.npos) text.resize(dot);
          break;
        case 'e':
          if (dot != text.npos) text.erase(0, dot);
          break;
        case 'p': print_ = true; break;
        case 'q':
        case 'x': quote = c; break;
        case 's':
          if (!read_substitution(i)) return fail(modifier, i, "no previous substitution");
          [[fallthrough]];
        case '&':
          if (h_.old_.empty()) return fail(modifier, i, "no previous substitution");
          if (!substitute(text, global, by_word)) return fail(modifier, i, "substitution failed");
          break;
        default: return fail(i - 1, i, "unrecognized history modifier");
      }
    }
    if (quote) text = quoted(text, quote == 'x');
    out_ += text;
    return true;
  }

  bool read_substitution(size_t& i) {
    char delimiter = at(i);
    if (!delimiter) return false;
    i++;
    auto part = [&](bool right) {
      std::string out;
      for (; i < s_.size() && s_[i] != delimiter; i++) {
        if (s_[i] == '\\' && i + 1 < s_.size() && s_[i + 1] == delimiter) out += s_[++i];
        else if (right && s_[i] == '\\' && at(i + 1) == '&') out += s_[++i];
        else if (right && s_[i] == '&') out += h_.old_;
        else out += s_[i];
      }
      return out;
    };
    std::string old = part(false);
    if (at(i) == delimiter) i++;
    if (!old.empty()) h_.old_ = old;
    else if (h_.old_.empty()) h_.old_ = h_.search_;
    h_.replacement_ = part(true);
    if (at(i) == delimiter) i++;
    return !h_.old_.empty();
  }

  bool substitute(std::string& text, bool global, bool by_word) const {
    bool done = false;
    for (size_t k = 0; (k = text.find(h_.old_, k)) != text.npos;) {
      text.replace(k, h_.old_.size(), h_.replacement_);
      k += h_.replacement_.size();
      done = true;
      if (by_word) {
        while (k < text.size() && !blank(text[k])) k++;
      } else if (!global) {
        break;
      }
    }
    return done;
  }

  static std::string quoted(const std::string& text, bool words) {
    std::string out = "'";
    for (char c : text) {
      if (c == '\'') out += "'\\''";
      else if (words && blank(c)) out += std::string("'") + c + "'";
      else out += c;
    }
    return out + "'";
  }

  HistoryExpander& h_;
  std::string_view s_;
  std::string quick_text_;
  const std::vector<std::string>& events_;
  size_t base_;
  bool extglob_, quick_ = false;
  bool changed_ = false, print_ = false;
  std::string out_, error_;
};

HistoryExpander::Outcome HistoryExpander::expand(std::string_view line, const std::vector<std::string>& events, size_t base, bool extglob, std::string* out) {
  if (line.find(expansion_) == line.npos && (line.empty() || line[0] != quick_)) {
    *out = line;
    return Outcome::Unchanged;
  }
  return HistoryExpansion(*this, line, events, base, extglob).run(out);
}

void HistoryExpander::set_chars(std::string_view chars) {
  expansion_ = chars.size() > 0 ? chars[0] : '!';
  quick_ = chars.size() > 1 ? chars[1] : '^';
  comment_ = chars.size() > 2 ? chars[2] : '#';
}

}  // namespace nacre
