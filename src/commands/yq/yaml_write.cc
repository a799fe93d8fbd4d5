/// YAML text: the layout of go-yaml v3 with lines of any width.
/// Source: YAML 1.2; the rules of libyaml's emitter for what a plain scalar may be.
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/yq/formats.h"

namespace nacre::yq {
namespace {

constexpr size_t kSimpleKey = 128;   // a longer key is written after '?'

/// What styles a text can have.
struct Analysis {
  bool multiline = false, flow_plain = true, block_plain = true, single = true, block = true;
};

bool printable(utf8::Char c) {
  if (!c.valid) return false;
  if (c.code < 0x20) return c.code == '\n' || c.code == '\t';
  if (c.code < 0x7f) return true;
  return c.code == 0x85 || (c.code >= 0xa0 && c.code < 0xd800) || (c.code >= 0xe000 && c.code < 0xfffe && c.code != 0xfeff) || c.code >= 0x10000;
}

Analysis analyze(std::string_view s) {
  Analysis a;
  if (s.empty()) return {false, false, true, true, false};
  bool block_indicators = s.starts_with("---") || s.starts_with("..."), flow_indicators = block_indicators;
  bool tabs = false, special = false, line_breaks = false, leading_space = false, leading_break = false, trailing_space = false, trailing_break = false;
  bool break_space = false, space_break = false, previous_space = false, previous_break = false, preceded = true;
  for (size_t i = 0; i < s.size();) {
    utf8::Char ch = utf8::decode(s.substr(i));
    char c = ch.length == 1 ? s[i] : 'x';
    size_t after = i + ch.length;
    bool followed = after == s.size() || s[after] == ' ' || s[after] == '\t' || s[after] == '\n' || s[after] == '\r';
    if (i == 0) {
      if (std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos) block_indicators = flow_indicators = true;
      else if (c == '?' || c == ':') flow_indicators = true, block_indicators |= followed;
      else if (c == '-' && followed) block_indicators = flow_indicators = true;
    } else {
      if (c == ',' || c == '?' || c == '[' || c == ']' || c == '{' || c == '}') flow_indicators = true;
      else if (c == ':') flow_indicators = true, block_indicators |= followed;
      else if (c == '#' && preceded) block_indicators = flow_indicators = true;
    }
    if (c == '\t') tabs = true;
    else if (!printable(ch)) special = true;
    bool is_break = c == '\n' || ch.code == 0x85 || ch.code == 0x2028 || ch.code == 0x2029;
    if (c == ' ') {
      leading_space |= i == 0;
      trailing_space |= after == s.size();
      break_space |= previous_break;
      previous_space = true;
      previous_break = false;
    } else if (is_break) {
      line_breaks = true;
      leading_break |= i == 0;
      trailing_break |= after == s.size();
      space_break |= previous_space;
      previous_space = false;
      previous_break = true;
    } else {
      previous_space = previous_break = false;
    }
    preceded = c == ' ' || c == '\t' || is_break;
    i = after;
  }
  a.multiline = line_breaks;
  if (leading_space || leading_break || trailing_space || trailing_break) a.flow_plain = a.block_plain = false;
  if (trailing_space) a.block = false;
  if (break_space) a.flow_plain = a.block_plain = a.single = false;
  if (space_break || tabs || special) a.flow_plain = a.block_plain = a.single = false;
  if (space_break || special) a.block = false;
  if (line_breaks) a.flow_plain = a.block_plain = false;
  if (flow_indicators) a.flow_plain = false;
  if (block_indicators) a.block_plain = false;
  return a;
}

void write_double(std::string& out, std::string_view s) {
  out += '"';
  for (size_t i = 0; i < s.size();) {
    utf8::Char c = utf8::decode(s.substr(i));
    bool plain = printable(c) && c.code != '\n' && c.code != '\t' && c.code != '"' && c.code != '\\' && c.code != 0x85 && c.code != 0x2028 && c.code != 0x2029;
    if (plain) {
      out += s.substr(i, c.length);
    } else {
      constexpr std::pair<uint32_t, char> kShort[] = {{0, '0'},    {7, 'a'},   {8, 'b'},     {9, 't'},    {10, 'n'},   {11, 'v'},     {12, 'f'},    {13, 'r'},
                                                      {0x1b, 'e'}, {'"', '"'}, {'\\', '\\'}, {0x85, 'N'}, {0xa0, '_'}, {0x2028, 'L'}, {0x2029, 'P'}};
      out += '\\';
      const auto* hit = std::find_if(std::begin(kShort), std::end(kShort), [&](auto& e) { return e.first == c.code; });
      char text[16];
      if (hit != std::end(kShort)) out += hit->second;
      else if (c.code <= 0xff) out.append(text, static_cast<size_t>(std::snprintf(text, sizeof text, "x%02X", c.code)));
      else if (c.code <= 0xffff) out.append(text, static_cast<size_t>(std::snprintf(text, sizeof text, "u%04X", c.code)));
      else out.append(text, static_cast<size_t>(std::snprintf(text, sizeof text, "U%08X", c.code)));
    }
    i += c.length;
  }
  out += '"';
}

void write_single(std::string& out, std::string_view s) {
  out += '\'';
  for (size_t i = 0; i < s.size(); i++) {
    out += s[i];
    if (s[i] == '\'') out += '\'';
    // A newline within quotes is a blank, an empty line is a newline.
    if (s[i] == '\n' && (i == 0 || s[i - 1] != '\n')) out += '\n';
  }
  out += '\'';
}

enum class Place : uint8_t { Block, Key, Flow };

class Writer {
 public:
  Writer(std::string& out, int indent) : out_(out), best_(indent > 1 && indent < 10 ? indent : 2) {}

  void document(const Node* root) {
    comment_lines(root->head(), 0);
    if (!root->head().empty() && root->head().back() == '\n') out_ += '\n';
    value(root, -1, false, true);
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    if (!root->foot().empty()) {
      out_ += '\n';
      comment_lines(root->foot(), 0);
    }
  }

 private:
  void newline(int column) {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    out_.append(static_cast<size_t>(std::max(column, 0)), ' ');
  }

  // Each line of a comment at a column, with a newline after each; a trailing newline in the text is an empty line.
  void comment_lines(std::string_view text, int column) {
    if (text.empty()) return;
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    while (true) {
      size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      if (!line.empty()) {
        out_.append(static_cast<size_t>(std::max(column, 0)), ' ');
        if (line[0] != '#') out_ += "# ";
        out_ += line;
      }
      if (!line.empty() || end != text.npos) out_ += '\n';
      if (end == text.npos) return;
      text.remove_prefix(end + 1);
    }
  }

  void line_comment(const std::string& text) {
    if (text.empty()) return;
    out_ += ' ';
    if (text[0] != '#') out_ += "# ";
    for (char c : text) out_ += c == '\n' ? ' ' : c;
  }

  int deeper(int column, bool in_sequence) const {
    if (column < 0) return 0;
    return in_sequence ? column + 2 : best_ * ((column + best_) / best_);
  }

  void properties(const Node* n, std::string_view tag) {
    if (!n->anchor.empty()) out_ += "&" + n->anchor + " ";
    if (!tag.empty()) (out_ += tag) += ' ';
  }

  // The tag to write: none when the text says it already. *quote: the text says another.
  std::string_view written_tag(const Node* n, bool* quote) const {
    *quote = false;
    if (n->tag.empty()) return {};
    if (n->tagged) return n->tag;
    std::string_view own = n->map() ? "!!map" : n->seq() ? "!!seq" : "!!str";
    if (n->scalar() && (n->style == Style::Plain || n->style == Style::Flow)) own = resolve(n->value);
    if (n->tag == own) return {};
    if (n->scalar() && n->tag == "!!str") {
      *quote = true;
      return {};
    }
    return n->tag;
  }

  // Column: that of the collection this is a part of, -1 for a document. After "key:" and "-" without a blank.
  void value(const Node* n, int column, bool in_sequence, bool root = false) {
    deep_call([&] { value_here(n, column, in_sequence, root); });
  }

  void value_here(const Node* n, int column, bool in_sequence, bool root) {
    bool quote;
    if (n->kind == Kind::Alias) {
      if (!root) out_ += ' ';
      out_ += "*" + n->value;
      return line_comment(n->line_comment());
    }
    std::string_view tag = written_tag(n, &quote);
    if (n->scalar()) {
      bool nothing = n->value.empty() && n->style == Style::Plain && !quote && tag.empty() && n->anchor.empty();
      if (!root && !nothing) out_ += ' ';
      properties(n, tag);
      scalar(n, deeper(column, in_sequence && !root), Place::Block, quote || (n->tagged && n->value.empty()));
      return;
    }
    bool has_properties = !n->anchor.empty() || !tag.empty();
    if (n->content.empty() || n->style == Style::Flow) {
      if (!root) out_ += ' ';
      properties(n, tag);
      flow(n, std::max(column, 0));
      return line_comment(n->line_comment());
    }
    if (has_properties) {
      if (!root) out_ += ' ';
      properties(n, tag);
      out_.pop_back();
    }
    line_comment(n->line_comment());
    int at = deeper(column, in_sequence);
    bool inline_first = (in_sequence || root) && !has_properties && n->line_comment().empty();
    if (inline_first && !root) out_ += ' ';
    if (!inline_first) out_ += '\n';
    if (n->seq()) sequence(n, at, inline_first);
    else mapping(n, at, inline_first);
  }

  // Before an entry: the line, its comment. `inline_first`: the line has begun.
  void begin_entry(const Node* n, int column, bool inline_first, bool root_first) {
    if (!n->head().empty()) {
      if (inline_first && !root_first) {   // "- # comment"
        std::string_view head = n->head();
        out_ += head.substr(0, head.find('\n'));
        out_ += '\n';
        if (head.find('\n') != head.npos) comment_lines(head.substr(head.find('\n') + 1), column);
      } else {
        comment_lines(n->head(), column);
      }
      newline(column);
    } else if (!inline_first) {
      newline(column);
    }
  }

  void end_entry(const Node* n, int column, bool last) {
    if (n->foot().empty()) return;
    comment_lines(n->foot(), column);
    if (!last) out_ += '\n';
  }

  void sequence(const Node* n, int column, bool inline_first) {
    for (size_t i = 0; i < n->content.size(); i++) {
      const Node* item = n->content[i];
      bool here = inline_first && i == 0;
      begin_entry(item, column, here, out_.empty() || out_.back() == '\n');
      out_ += '-';
      value(item, column, true);
      end_entry(item, column, i + 1 == n->content.size());
    }
  }

  void mapping(const Node* n, int column, bool inline_first) {
    for (size_t i = 0; i + 1 < n->content.size(); i += 2) {
      const Node* key = n->content[i];
      const Node* v = n->content[i + 1];
      begin_entry(key, column, inline_first && i == 0, out_.empty() || out_.back() == '\n');
      pair(key, v, column);
      end_entry(key, column, i + 2 >= n->content.size());
    }
  }

  void pair(const Node* key, const Node* v, int column) {
    bool simple = key->kind == Kind::Alias || (key->scalar() && key->value.size() < kSimpleKey && key->value.find('\n') == std::string::npos);
    if (!simple) {
      out_ += '?';
      value(key, column, true);
      newline(column);
      out_ += ':';
    } else {
      if (key->kind == Kind::Alias) {
        out_ += "*" + key->value + " ";
      } else {
        bool quote;
        std::string_view tag = written_tag(key, &quote);
        properties(key, tag);
        scalar(key, column, Place::Key, quote);
      }
      out_ += ':';
      bool block = (v->map() || v->seq()) && !v->content.empty() && v->style != Style::Flow;
      if (block && !key->line_comment().empty()) {
        bool quote;
        std::string_view tag = written_tag(v, &quote);
        if (!v->anchor.empty() || !tag.empty()) {
          out_ += ' ';
          properties(v, tag);
          out_.pop_back();
        }
        line_comment(key->line_comment());
        out_ += '\n';
        int at = deeper(column, false);
        return deep_call([&] { v->seq() ? sequence(v, at, false) : mapping(v, at, false); });
      }
    }
    if (!v->head().empty() && v->scalar()) {   // a comment between "key:" and its value
      int at = deeper(column, false);
      comment_lines(v->head(), at);
      newline(at - 1);
    }
    value(v, column, false);
    if (simple && v->line_comment().empty()) line_comment(key->line_comment());
    if (!v->foot().empty()) comment_lines(v->foot(), deeper(column, false));
  }

  void scalar(const Node* n, int column, Place place, bool quote) {
    const std::string& s = n->value;
    Analysis a = analyze(s);
    Style style = n->style;
    if (style == Style::Plain || style == Style::Flow) {
      style = a.multiline || s.find('\n') != s.npos ? Style::Literal : quote ? Style::Double : Style::Plain;
    }
    if (style == Style::Plain) {
      if (!(place == Place::Flow ? a.flow_plain : a.block_plain)) style = Style::Single;
      if (s.empty() && place != Place::Block) style = Style::Single;
    }
    if (style == Style::Single && (!a.single || (place == Place::Key && a.multiline))) style = Style::Double;
    if ((style == Style::Literal || style == Style::Folded) && (!a.block || place != Place::Block)) style = Style::Double;
    switch (style) {
      case Style::Single: write_single(out_, s); break;
      case Style::Double: write_double(out_, s); break;
      case Style::Literal:
      case Style::Folded: return block_scalar(n, std::max(column, best_ * (column <= 0)), style == Style::Folded);
      default: out_ += s;
    }
    if (place == Place::Block) line_comment(n->line_comment());
  }

  void block_scalar(const Node* n, int column, bool folded) {
    const std::string& s = n->value;
    out_ += folded ? '>' : '|';
    if (s[0] == ' ' || s[0] == '\n') out_ += std::to_string(best_);
    if (s.back() != '\n') out_ += '-';
    else if (s.size() == 1 || s[s.size() - 2] == '\n') out_ += '+';
    line_comment(n->line_comment());
    out_ += '\n';
    bool at_begin = true, leading = true;
    for (size_t i = 0; i < s.size(); i++) {
      if (s[i] == '\n') {
        if (folded && !at_begin && !leading) {   // one newline is a blank: more are needed unless an indented line follows
          size_t next = s.find_first_not_of('\n', i);
          if (next != s.npos && s[next] != ' ' && s[next] != '\t') out_ += '\n';
        }
        out_ += '\n';
        at_begin = true;
        continue;
      }
      if (at_begin) {
        out_.append(static_cast<size_t>(column), ' ');
        leading = s[i] == ' ' || s[i] == '\t';
      }
      out_ += s[i];
      at_begin = false;
    }
    if (!at_begin) out_ += '\n';
  }

  bool has_comments(const Node* n) const {
    if (n->comments && !(n->head().empty() && n->foot().empty() && n->line_comment().empty())) return true;
    for (const Node* c : n->content)
      if (deep_call([&] { return has_comments(c); })) return true;
    return false;
  }

  void flow(const Node* n, int column) {
    bool lines = false;
    for (const Node* c : n->content) lines |= has_comments(c);
    out_ += n->seq() ? '[' : '{';
    int inner = column + best_;
    size_t step = n->map() ? 2 : 1;
    for (size_t i = 0; i + step <= n->content.size(); i += step) {
      const Node* first = n->content[i];
      const Node* last = n->content[i + step - 1];
      if (lines) {
        comment_lines(first->head(), inner);
        newline(inner);
      }
      flow_value(first, inner);
      if (n->map()) {
        out_ += ':';
        if (!(last->scalar() && last->value.empty() && last->null())) {
          out_ += ' ';
          flow_value(last, inner);
        }
      }
      bool more = i + step < n->content.size();
      if (more) out_ += lines ? "," : ", ";
      if (lines) {
        line_comment(last->line_comment());
        comment_lines(first->foot(), inner);
      }
    }
    if (lines) newline(column);
    out_ += n->seq() ? ']' : '}';
  }

  void flow_value(const Node* n, int column) {
    if (n->kind == Kind::Alias) {
      out_ += "*" + n->value;
      if (n->is_key) out_ += ' ';
      return;
    }
    bool quote;
    std::string_view tag = written_tag(n, &quote);
    properties(n, tag);
    if (n->scalar()) return scalar(n, 0, Place::Flow, quote);
    deep_call([&] { flow(n, column); });
  }

  std::string& out_;
  int best_;
};

}  // namespace

void write_yaml(std::string& out, const Node* n, const FormatOptions& o) {
  std::string text;
  Writer(text, o.indent).document(n);
  out += text;
}

std::string bare_comment(std::string_view comment) {
  std::string out;
  while (true) {
    size_t end = comment.find('\n');
    std::string_view line = comment.substr(0, end);
    if (line.starts_with('#')) line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    out += line;
    if (end == comment.npos) return out;
    out += '\n';
    comment.remove_prefix(end + 1);
  }
}

std::string hash_comment(std::string_view text) {
  std::string out;
  if (text.empty()) return out;
  while (true) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line[0] != '#') out += "# ";
    out += line;
    if (end == text.npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace nacre::yq
