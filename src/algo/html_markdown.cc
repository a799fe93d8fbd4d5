// One walk over the tree, with a rule for each kind of element: longer than most files.
#include "algo/html_markdown.h"

#include <algorithm>
#include <vector>

#include "algo/html_tree.h"
#include "algo/unicode.h"
#include "base/deep_call.h"

namespace nacre {
namespace {

bool one_of(GumboTag t, std::initializer_list<GumboTag> tags) { return std::find(tags.begin(), tags.end(), t) != tags.end(); }

bool is_hidden(GumboTag t) {
  return one_of(t,
                {GUMBO_TAG_HEAD, GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_IFRAME, GUMBO_TAG_SVG, GUMBO_TAG_SELECT,
                 GUMBO_TAG_TEXTAREA, GUMBO_TAG_BUTTON, GUMBO_TAG_OBJECT, GUMBO_TAG_CANVAS, GUMBO_TAG_AUDIO, GUMBO_TAG_VIDEO, GUMBO_TAG_DATALIST});
}

bool is_block(GumboTag t) {
  return one_of(t, {GUMBO_TAG_HTML,       GUMBO_TAG_BODY,    GUMBO_TAG_P,     GUMBO_TAG_DIV,        GUMBO_TAG_H1,     GUMBO_TAG_H2,      GUMBO_TAG_H3,
                    GUMBO_TAG_H4,         GUMBO_TAG_H5,      GUMBO_TAG_H6,    GUMBO_TAG_UL,         GUMBO_TAG_OL,     GUMBO_TAG_LI,      GUMBO_TAG_DL,
                    GUMBO_TAG_DT,         GUMBO_TAG_DD,      GUMBO_TAG_PRE,   GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_HR,     GUMBO_TAG_TABLE,   GUMBO_TAG_ARTICLE,
                    GUMBO_TAG_SECTION,    GUMBO_TAG_NAV,     GUMBO_TAG_ASIDE, GUMBO_TAG_HEADER,     GUMBO_TAG_FOOTER, GUMBO_TAG_MAIN,    GUMBO_TAG_FIGURE,
                    GUMBO_TAG_FIGCAPTION, GUMBO_TAG_ADDRESS, GUMBO_TAG_FORM,  GUMBO_TAG_FIELDSET,   GUMBO_TAG_LEGEND, GUMBO_TAG_DETAILS, GUMBO_TAG_SUMMARY,
                    GUMBO_TAG_CENTER,     GUMBO_TAG_CAPTION, GUMBO_TAG_TBODY, GUMBO_TAG_THEAD,      GUMBO_TAG_TFOOT,  GUMBO_TAG_TR,      GUMBO_TAG_TD,
                    GUMBO_TAG_TH,         GUMBO_TAG_HGROUP,  GUMBO_TAG_MENU});
}

/// Text of a page, in lines that are not yet wrapped; in it kBreak is a line break that stays.
constexpr char kBreak = '\1';

class Writer {
 public:
  explicit Writer(const MarkdownOptions& o) : o_(o) {}

  bool too_deep = false;

  std::string blocks(const GumboNode* n, size_t width) {
    std::vector<std::string> out;
    std::string text;
    children(n, out, text, width);
    flush(out, text, width);
    return join(out);
  }

 private:
  struct Deeper {
    Writer& w;
    bool good;
    explicit Deeper(Writer& writer) : w(writer), good(++w.depth_ <= kHtmlNesting) {
      if (!good) w.too_deep = true;
    }
    ~Deeper() { w.depth_--; }
  };

  static std::string join(const std::vector<std::string>& blocks) {
    std::string out;
    for (const auto& b : blocks) out += (out.empty() ? "" : "\n\n") + b;
    return out;
  }

  // ---- blocks
  void children(const GumboNode* n, std::vector<std::string>& out, std::string& text, size_t width) {
    Deeper deeper(*this);
    if (!deeper.good) return;
    each_child(n, [&](const GumboNode* c) { deep_call([&] { child(c, out, text, width); }); });
  }

  void child(const GumboNode* c, std::vector<std::string>& out, std::string& text, size_t width) {
    GumboTag t = tag_of(c);
    if (is_element(c) && (is_hidden(t) || has_attribute(c, "hidden"))) return;
    if (o_.body_only && one_of(t, {GUMBO_TAG_NAV, GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER, GUMBO_TAG_ASIDE})) return;
    if (is_element(c) && (is_block(t) || holds_block(c))) {
      flush(out, text, width);
      std::string made = block(c, t, width);
      if (!made.empty()) out.push_back(std::move(made));
      return;
    }
    inline_node(c, text);
  }

  // An inline element around blocks (<a><div>) counts as one.
  bool holds_block(const GumboNode* n) {
    Deeper deeper(*this);
    if (!deeper.good) return false;
    bool found = false;
    each_child(n, [&](const GumboNode* c) {
      if (!found && is_element(c)) found = is_block(tag_of(c)) || deep_call([&] { return holds_block(c); });
    });
    return found;
  }

  std::string block(const GumboNode* n, GumboTag t, size_t width) {
    switch (t) {
      case GUMBO_TAG_H1:
      case GUMBO_TAG_H2:
      case GUMBO_TAG_H3:
      case GUMBO_TAG_H4:
      case GUMBO_TAG_H5:
      case GUMBO_TAG_H6: {
        std::string text = one_line(n);
        while (text.ends_with('#') && !text.ends_with("\\#")) text.insert(text.size() - 1, "\\");
        return text.empty() ? "" : std::string(static_cast<size_t>(t - GUMBO_TAG_H1) + 1, '#') + " " + text;
      }
      case GUMBO_TAG_HR: return "---";
      case GUMBO_TAG_PRE: return code_block(n);
      case GUMBO_TAG_BLOCKQUOTE: return prefixed(blocks(n, width > 12 ? width - 2 : width), "> ", "> ");
      case GUMBO_TAG_UL:
      case GUMBO_TAG_MENU:
      case GUMBO_TAG_OL: return list(n, t == GUMBO_TAG_OL, width);
      case GUMBO_TAG_DL: return definitions(n, width);
      case GUMBO_TAG_TABLE: return table(n, width);
      default: return blocks(n, width);
    }
  }

  void flush(std::vector<std::string>& out, std::string& text, size_t width) {
    std::string_view t = trimmed(text);
    while (!t.empty() && (t.back() == kBreak || t.back() == ' ')) t.remove_suffix(1);
    while (!t.empty() && (t.front() == kBreak || t.front() == ' ')) t.remove_prefix(1);
    if (!t.empty()) out.push_back(paragraph(t, width));
    text.clear();
  }

  // A word that would begin a list, a heading or a quotation at the start of a line.
  static bool is_marker(std::string_view word) {
    if (word == "-" || word == "+" || word == "*" || word.starts_with('>')) return true;
    if (!word.empty() && word.find_first_not_of('#') == std::string_view::npos && word.size() <= 6) return true;
    if (word.size() >= 3 && (word.find_first_not_of('=') == std::string_view::npos || word.find_first_not_of('-') == std::string_view::npos)) return true;
    size_t digits = 0;
    while (digits < word.size() && ascii_digit(word[digits])) digits++;
    return digits > 0 && digits < 10 && digits + 1 == word.size() && (word.back() == '.' || word.back() == ')');
  }

  static std::string escape_start(std::string_view line) {
    size_t end = std::min(line.find(' '), line.size());
    std::string_view word = line.substr(0, end);
    if (!is_marker(word) && !line.starts_with("---") && !line.starts_with("===") && !line.starts_with("~~~~")) return std::string(line);
    std::string out(line);
    size_t at = 0;
    while (at < word.size() && ascii_digit(word[at])) at++;
    out.insert(at, "\\");
    return out;
  }

  std::string paragraph(std::string_view text, size_t width) const {
    std::string out;
    for (size_t at = 0; at <= text.size();) {
      size_t end = std::min(text.find(kBreak, at), text.size());
      std::string line = escape_start(trimmed(text.substr(at, end - at)));
      out += width ? wrapped(line, width) : line;
      if (end == text.size()) break;
      out += "\\\n";
      at = end + 1;
    }
    return out;
  }

  static std::string wrapped(std::string_view line, size_t width) {
    std::string out;
    size_t column = 0;
    for (size_t at = 0; at < line.size();) {
      size_t end = std::min(line.find(' ', at), line.size());
      std::string_view word = line.substr(at, end - at);
      size_t columns = text_width(word, true);
      if (column == 0) {
        column = columns;
      } else if (column + 1 + columns <= width || is_marker(word)) {
        out += ' ';
        column += 1 + columns;
      } else {
        out += '\n';
        column = columns;
      }
      out += word;
      at = end + 1;
    }
    return out;
  }

  static std::string prefixed(const std::string& text, const std::string& first, const std::string& rest) {
    if (text.empty()) return "";
    std::string out = first;
    for (char c : text) {
      out += c;
      if (c == '\n') out += rest;
    }
    // No blanks at the end of empty lines.
    std::string clean;
    for (size_t at = 0; at <= out.size();) {
      size_t end = std::min(out.find('\n', at), out.size());
      size_t last = end;
      while (last > at && out[last - 1] == ' ') last--;
      clean.append(out, at, last - at);
      if (end == out.size()) break;
      clean += '\n';
      at = end + 1;
    }
    return clean;
  }

  std::string list(const GumboNode* n, bool ordered, size_t width) {
    bool loose = false;
    each_child(n, [&](const GumboNode* li) {
      if (tag_of(li) == GUMBO_TAG_LI) each_child(li, [&](const GumboNode* c) { loose = loose || tag_of(c) == GUMBO_TAG_P; });
    });
    long number = 1;
    if (auto start = attribute(n, "start"); ordered && !start.empty())
      number = std::clamp(std::strtol(std::string(start).c_str(), nullptr, 10), 0l, 999'999'999l);
    std::string out;
    each_child(n, [&](const GumboNode* li) {
      GumboTag t = tag_of(li);
      if (is_hidden(t) || li->type == GUMBO_NODE_COMMENT || li->type == GUMBO_NODE_WHITESPACE) return;
      bool nested = one_of(t, {GUMBO_TAG_UL, GUMBO_TAG_OL});   // a list that lies in no item, as old pages have
      std::string marker = ordered ? std::to_string(number) + ". " : "- ";
      size_t inner = width > marker.size() + 10 ? width - marker.size() : width;
      std::string text;
      if (nested) text = block(li, t, inner);
      else if (is_element(li)) text = item(li, loose, inner);
      else inline_node(li, text), text = trimmed(text);   // text that lies in no item
      if (nested) {
        out += (out.empty() ? "" : "\n") + prefixed(text, std::string(marker.size(), ' '), std::string(marker.size(), ' '));
        return;
      }
      number++;
      out += (out.empty() ? ""
              : loose     ? "\n\n"
                          : "\n") +
             (text.empty() ? std::string(trimmed(marker)) : prefixed(text, marker, std::string(marker.size(), ' ')));
    });
    return out;
  }

  std::string item(const GumboNode* li, bool loose, size_t width) {
    std::vector<std::string> parts;
    std::string text;
    children(li, parts, text, width);
    flush(parts, text, width);
    std::string out;
    for (const auto& p : parts) out += (out.empty() ? "" : loose || p.starts_with("```") || p.starts_with('|') ? "\n\n" : "\n") + p;
    return out;
  }

  std::string definitions(const GumboNode* n, size_t width) {
    std::string out;
    bool after_definition = false;
    each_child(n, [&](const GumboNode* c) {
      GumboTag t = tag_of(c);
      if (t == GUMBO_TAG_DT) {
        out += (out.empty() ? "" : after_definition ? "\n\n" : "\n") + ("**" + one_line(c) + "**");
        after_definition = false;
      } else if (t == GUMBO_TAG_DD) {
        out += (out.empty() ? "" : "\n\n") + prefixed(blocks(c, width > 14 ? width - 4 : width), ":   ", "    ");
        after_definition = true;
      } else if (t == GUMBO_TAG_DIV) {
        std::string inner = definitions(c, width);
        out += (out.empty() || inner.empty() ? "" : "\n\n") + inner;
        after_definition = true;
      }
    });
    return out;
  }

  // ---- code
  static void raw_text(const GumboNode* n, std::string& out) {
    if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE || n->type == GUMBO_NODE_CDATA) out += n->v.text.text;
    else if (tag_of(n) == GUMBO_TAG_BR) out += '\n';
    else each_child(n, [&](const GumboNode* c) { deep_call([&] { raw_text(c, out); }); });
  }

  static std::string language(const GumboNode* n) {
    for (std::string_view rest = attribute(n, "class"); !rest.empty();) {
      size_t end = std::min(rest.find(' '), rest.size());
      std::string_view word = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      for (std::string_view lead : {"language-", "lang-", "highlight-source-", "brush:"})
        if (word.starts_with(lead)) return std::string(word.substr(lead.size()));
    }
    return {};
  }

  static size_t longest_run(std::string_view s, char c) {
    size_t best = 0, run = 0;
    for (char x : s) best = std::max(best, run = x == c ? run + 1 : 0);
    return best;
  }

  std::string code_block(const GumboNode* n) {
    std::string code, name = language(n);
    raw_text(n, code);
    each_child(n, [&](const GumboNode* c) {
      if (name.empty() && tag_of(c) == GUMBO_TAG_CODE) name = language(c);
    });
    if (code.starts_with('\n')) code.erase(0, 1);
    while (code.ends_with('\n')) code.pop_back();
    std::string fence(std::max<size_t>(3, longest_run(code, '`') + 1), '`');
    return fence + name + "\n" + code + (code.empty() ? "" : "\n") + fence;
  }

  static std::string code_span(const GumboNode* n) {
    std::string raw, code;
    raw_text(n, raw);
    for (char c : raw)
      if (!ascii_space(c) || (!code.empty() && code.back() != ' ')) code += ascii_space(c) ? ' ' : c;
    if (trimmed(code).empty()) return {};
    code = trimmed(code);
    std::string fence(longest_run(code, '`') + 1, '`');
    bool pad = code.starts_with('`') || code.ends_with('`');
    return fence + (pad ? " " : "") + code + (pad ? " " : "") + fence;
  }

  // ---- tables
  void rows(const GumboNode* n, std::vector<const GumboNode*>& out, bool& head) {
    each_child(n, [&](const GumboNode* c) {
      GumboTag t = tag_of(c);
      if (t == GUMBO_TAG_TR) out.push_back(c);
      else if (one_of(t, {GUMBO_TAG_THEAD, GUMBO_TAG_TBODY, GUMBO_TAG_TFOOT})) {
        if (t == GUMBO_TAG_THEAD && out.empty()) head = true;
        rows(c, out, head);
      }
    });
  }

  std::string cell(const GumboNode* n) {
    std::string text = one_line(n, "<br>"), out;
    for (size_t i = 0; i < text.size(); i++) {
      if (text[i] == '|') out += '\\';
      out += text[i];
    }
    return out;
  }

  static char alignment(const GumboNode* n) {
    std::string style(attribute(n, "style")), align(attribute(n, "align"));
    std::erase(style, ' ');
    size_t at = style.find("text-align:");
    std::string_view v = at != std::string::npos ? std::string_view(style).substr(at + 11) : std::string_view(align);
    return v.starts_with("left") ? 'l' : v.starts_with("right") ? 'r' : v.starts_with("center") ? 'c' : ' ';
  }

  std::string table(const GumboNode* n, size_t width) {
    std::vector<const GumboNode*> all;
    bool head = false;
    rows(n, all, head);
    std::string caption;
    each_child(n, [&](const GumboNode* c) {
      if (tag_of(c) == GUMBO_TAG_CAPTION) caption = blocks(c, width);
    });
    std::vector<std::vector<std::string>> grid;
    std::string aligns;
    size_t columns = 0;
    for (const auto* row : all) {
      grid.emplace_back();
      bool all_th = true;
      each_child(row, [&](const GumboNode* c) {
        GumboTag t = tag_of(c);
        if (t != GUMBO_TAG_TD && t != GUMBO_TAG_TH) return;
        all_th = all_th && t == GUMBO_TAG_TH;
        if (aligns.size() <= grid.back().size()) aligns.resize(grid.back().size() + 1, ' ');
        if (aligns[grid.back().size()] == ' ') aligns[grid.back().size()] = alignment(c);
        grid.back().push_back(cell(c));
        long span = std::clamp(std::strtol(std::string(attribute(c, "colspan")).c_str(), nullptr, 10), 1l, 100l);
        for (long k = 1; k < span; k++) grid.back().emplace_back();
      });
      columns = std::max(columns, grid.back().size());
      if (grid.size() == 1 && all_th && !grid.back().empty()) head = true;
    }
    if (columns == 0) return caption;
    if (!head) grid.insert(grid.begin(), std::vector<std::string>());
    aligns.resize(columns, ' ');
    std::string out = caption.empty() ? "" : caption + "\n\n";
    for (size_t r = 0; r < grid.size(); r++) {
      grid[r].resize(columns);
      out += '|';
      for (const auto& c : grid[r]) out += (c.empty() ? "  |" : " " + c + " |");
      out += '\n';
      if (r > 0) continue;
      out += '|';
      for (char a : aligns) out += a == 'l' ? " :--- |" : a == 'r' ? " ---: |" : a == 'c' ? " :---: |" : " --- |";
      out += '\n';
    }
    out.pop_back();
    return out;
  }

  // ---- inline
  std::string one_line(const GumboNode* n, const char* line_break = " ") {
    std::string text;
    inline_children(n, text);
    std::string out;
    for (char c : trimmed(text)) {
      if (c == kBreak) out += line_break;
      else out += c;
    }
    while (out.ends_with(line_break)) out.resize(out.size() - std::strlen(line_break));
    return out;
  }

  void inline_children(const GumboNode* n, std::string& text) {
    Deeper deeper(*this);
    if (!deeper.good) return;
    each_child(n, [&](const GumboNode* c) {
      // In a heading or a cell blocks are parted by a blank.
      bool parted = is_element(c) && is_block(tag_of(c));
      if (parted) add_space(text);
      deep_call([&] { inline_node(c, text); });
      if (parted) add_space(text);
    });
  }

  static void add_space(std::string& text) {
    if (!text.empty() && text.back() != ' ' && text.back() != kBreak) text += ' ';
  }

  static void add_text(std::string_view s, std::string& text) {
    for (size_t i = 0; i < s.size(); i++) {
      char c = s[i];
      if (ascii_space(c)) {
        add_space(text);
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20) continue;
      bool word_before = i > 0 && (ascii_alnum(s[i - 1]) || static_cast<unsigned char>(s[i - 1]) >= 0x80);
      bool word_after = i + 1 < s.size() && (ascii_alnum(s[i + 1]) || static_cast<unsigned char>(s[i + 1]) >= 0x80);
      bool blank_after = i + 1 >= s.size() || ascii_space(s[i + 1]), blank_before = i == 0 || ascii_space(s[i - 1]);
      bool escape = c == '\\' || c == '`' || c == '[' || c == ']' || (c == '*' && !(blank_before && blank_after)) ||
                    (c == '_' && !(word_before && word_after) && !(blank_before && blank_after)) ||
                    (c == '<' && i + 1 < s.size() && (ascii_alpha(s[i + 1]) || std::strchr("/!?", s[i + 1]))) ||
                    (c == '~' && i + 1 < s.size() && s[i + 1] == '~') || (c == '&' && is_entity(s.substr(i)));
      if (escape) text += '\\';
      text += c;
    }
  }

  static bool is_entity(std::string_view s) {
    size_t end = s.find(';');
    if (end == std::string_view::npos || end < 2 || end > 32) return false;
    for (char c : s.substr(1, end - 1))
      if (!ascii_alnum(c) && c != '#') return false;
    return true;
  }

  // Marks around text go inside the blanks around it.
  void marked(const GumboNode* n, const char* mark, std::string& text) {
    std::string inner;
    inline_children(n, inner);
    std::string_view t = trimmed(inner);
    while (!t.empty() && (t.front() == kBreak || t.front() == ' ')) t.remove_prefix(1);
    while (!t.empty() && (t.back() == kBreak || t.back() == ' ')) t.remove_suffix(1);
    if (inner.starts_with(' ') || leading_blank(n)) add_space(text);
    if (t.empty()) return;
    text += mark;
    text += t;
    text += mark;
    if (inner.ends_with(' ')) text += ' ';
    else if (inner.ends_with(kBreak)) text += kBreak;
  }

  // Blanks at the beginning are dropped from an empty text: whether there were any.
  static bool leading_blank(const GumboNode* n) {
    bool first = true, blank = false;
    each_child(n, [&](const GumboNode* c) {
      if (first && (c->type == GUMBO_NODE_WHITESPACE || (c->type == GUMBO_NODE_TEXT && ascii_space(c->v.text.text[0])))) blank = true;
      first = false;
    });
    return blank;
  }

  std::string resolved(std::string_view url) const {
    std::string u;
    for (char c : trimmed(url)) u += c == ' ' ? "%20" : c == '\n' ? "" : std::string(1, c);
    if (o_.base_url.empty()) return u;
    size_t colon = u.find(':'), special = u.find_first_of("/?#");
    if (colon != std::string::npos && (special == std::string::npos || colon < special)) return u;   // has a scheme
    const std::string& base = o_.base_url;
    size_t scheme = base.find("://");
    size_t host = scheme == std::string::npos ? 0 : scheme + 3, path = std::min(base.find_first_of("/?#", host), base.size());
    if (u.starts_with("//")) return base.substr(0, scheme == std::string::npos ? 0 : scheme + 1) + u;
    std::string whole_path = base.substr(path, std::min(base.find_first_of("?#", path), base.size()) - path);
    if (u.empty()) return base.substr(0, base.find('#'));
    if (u[0] == '#') return base.substr(0, base.find('#')) + u;
    if (u[0] == '?') return base.substr(0, path) + whole_path + u;
    if (u[0] != '/') u = whole_path.substr(0, whole_path.rfind('/') == std::string::npos ? 0 : whole_path.rfind('/') + 1) + u;
    if (u[0] != '/') u = "/" + u;
    return base.substr(0, path) + without_dots(u);
  }

  static std::string without_dots(const std::string& url) {
    size_t end = std::min(url.find_first_of("?#"), url.size());
    std::vector<std::string> parts;
    bool slash = false;
    for (size_t at = 1; at <= end;) {
      size_t next = std::min(url.find('/', at), end);
      std::string part = url.substr(at, next - at);
      slash = part == "." || part == "..";
      if (part == "..") {
        if (!parts.empty()) parts.pop_back();
      } else if (part != ".") {
        parts.push_back(part);
      }
      at = next + 1;
    }
    std::string out;
    for (const auto& p : parts) out += "/" + p;
    if (slash || out.empty()) out += '/';
    return out + url.substr(end);
  }

  static std::string destination(const std::string& url, std::string_view title) {
    bool odd = url.find_first_of("()<>") != std::string::npos;
    std::string clean;
    for (char c : url) {
      if (odd && (c == '<' || c == '>')) clean += c == '<' ? "%3C" : "%3E";
      else clean += c;
    }
    std::string out = odd ? "<" + clean + ">" : clean;
    if (title.empty()) return out;
    out += " \"";
    for (char c : title) {
      if (c == '"' || c == '\\') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
    return out + "\"";
  }

  void link(const GumboNode* n, std::string& text) {
    std::string inner;
    inline_children(n, inner);
    std::string label(trimmed(inner));
    for (char& c : label)
      if (c == kBreak) c = ' ';
    bool before = inner.starts_with(' ') || leading_blank(n);
    if (before) add_space(text);
    std::string raw;
    raw_text(n, raw);
    std::string url = has_attribute(n, "href") ? resolved(attribute(n, "href")) : "";
    if (!o_.links || !has_attribute(n, "href") || label.empty()) text += label;
    else if (trimmed(raw) == url && attribute(n, "title").empty() && url.find("://") != std::string::npos) text += "<" + url + ">";
    else text += "[" + label + "](" + destination(url, attribute(n, "title")) + ")";
    if (inner.ends_with(' ')) add_space(text);
  }

  void image(const GumboNode* n, std::string& text) {
    if (!o_.images || !has_attribute(n, "src")) return;
    std::string alt;
    add_text(attribute(n, "alt"), alt);
    text += "![" + std::string(trimmed(alt)) + "](" + destination(resolved(attribute(n, "src")), attribute(n, "title")) + ")";
  }

  void inline_node(const GumboNode* n, std::string& text) {
    if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_CDATA) return add_text(n->v.text.text, text);
    if (n->type == GUMBO_NODE_WHITESPACE) return add_space(text);
    if (!is_element(n)) return;
    GumboTag t = tag_of(n);
    if (is_hidden(t) || has_attribute(n, "hidden")) return;
    switch (t) {
      case GUMBO_TAG_BR:
        while (text.ends_with(' ')) text.pop_back();
        text += kBreak;
        return;
      case GUMBO_TAG_STRONG:
      case GUMBO_TAG_B: return marked(n, "**", text);
      case GUMBO_TAG_EM:
      case GUMBO_TAG_I:
      case GUMBO_TAG_CITE:
      case GUMBO_TAG_DFN:
      case GUMBO_TAG_VAR: return marked(n, "*", text);
      case GUMBO_TAG_DEL:
      case GUMBO_TAG_S:
      case GUMBO_TAG_STRIKE: return marked(n, "~~", text);
      case GUMBO_TAG_Q: return marked(n, "\"", text);
      case GUMBO_TAG_CODE:
      case GUMBO_TAG_KBD:
      case GUMBO_TAG_SAMP:
      case GUMBO_TAG_TT: text += code_span(n); return;
      case GUMBO_TAG_A: return link(n, text);
      case GUMBO_TAG_IMG: return image(n, text);
      case GUMBO_TAG_INPUT:
        if (attribute(n, "type") == "checkbox") text += has_attribute(n, "checked") ? "[x] " : "[ ] ";
        return;
      default: return inline_children(n, text);
    }
  }

  const MarkdownOptions& o_;
  size_t depth_ = 0;
};

}  // namespace

bool html_to_markdown(std::string_view html, const MarkdownOptions& options, std::string* out, std::string* error) {
  HtmlTree tree;
  if (!tree.parse(html, error)) return false;
  Writer writer(options);
  std::vector<std::string> parts;
  bool too_deep = false;
  if (options.title)
    if (auto title = tree.title(); !title.empty()) parts.push_back("# " + title);
  std::vector<const GumboNode*> roots{tree.root()};
  if (!options.select.empty()) roots = tree.select(options.select, &too_deep);
  for (const auto* root : roots)
    if (auto text = writer.blocks(root, options.wrap); !text.empty()) parts.push_back(std::move(text));
  if (too_deep || writer.too_deep) {
    *error = "elements are nested too deeply";
    return false;
  }
  for (const auto& p : parts) *out += (&p == &parts.front() ? "" : "\n\n") + p;
  if (!parts.empty()) *out += '\n';
  return true;
}

}  // namespace nacre
