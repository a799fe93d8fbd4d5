/// YAML documents: the tree from the reader's events, what stands above it, and its comments.
#include <unordered_map>

#include "algo/unicode.h"
#include "algo/yaml_reader.h"
#include "commands/yq/formats.h"
#include "commands/yq/yaml_comments.h"

namespace nacre::yq {
namespace {

Style style_of(YamlEvent::Style s) {
  switch (s) {
    case YamlEvent::Style::Single: return Style::Single;
    case YamlEvent::Style::Double: return Style::Double;
    case YamlEvent::Style::Literal: return Style::Literal;
    case YamlEvent::Style::Folded: return Style::Folded;
    case YamlEvent::Style::Flow: return Style::Flow;
    default: return Style::Plain;
  }
}

/// Comments, blank lines, directives and --- above the first document are kept as they are.
/// `text` becomes blank there, so that places in it stay true.
struct Leading {
  std::string text;         ///< what is printed again
  bool separated = false;   ///< it began with ---
  size_t end = 0;
  bool blanked = false;

  explicit Leading(std::string& all) {
    size_t at = 0;
    while (at < all.size()) {
      size_t eol = std::min(all.find('\n', at), all.size()), next = std::min(eol + 1, all.size());
      std::string_view line = std::string_view(all).substr(at, eol - at);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      std::string_view bare = trimmed(line);
      if (line.empty()) {
        text += '\n';
      } else if (line == "---" || line.starts_with("--- ")) {
        if (text.empty()) separated = true;
        else text += "---\n";
        if (line != "---") next = at + 4;
        blank(all, at, next);
      } else if (bare.starts_with('#')) {
        text += line;
        text += '\n';
      } else if (bare.starts_with("%YA")) {
        text += line;
        text += '\n';
        blank(all, at, eol);
      } else {
        break;
      }
      at = next;
    }
    end = at;
    if (text.find_first_not_of('\n') == text.npos && !separated) text.clear();
  }

 private:
  void blank(std::string& all, size_t from, size_t to) {
    for (; from < to; from++)
      if (all[from] != '\n' && all[from] != '\r') all[from] = ' ';
  }
};

class YamlDocuments final : public DocumentReader {
 public:
  YamlDocuments(std::string_view text, Tree& tree) : tree_(tree), text_(without_mark(text)), leading_(text_), events_(text_), from_(leading_.end) {}

  Node* next() override {
    if (done_) return nullptr;
    YamlEvent e;
    if (!events_.next(e)) return fail(events_.error());
    if (e.type == YamlEvent::Type::StreamEnd) {
      done_ = true;
      return count_ == 0 ? only_comments() : nullptr;
    }
    if (!e.implicit) from_ = std::max(from_, e.end.offset);
    Node* root = document();
    if (!root) return nullptr;
    if (count_++ == 0) {
      root->separated = leading_.separated;
      if (!leading_.text.empty()) root->note().leading = leading_.text;
    }
    return root;
  }

 private:
  static std::string without_mark(std::string_view text) { return std::string(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text); }

  Node* fail(const std::string& why) {
    error_ = "yaml: " + why;
    done_ = true;
    return nullptr;
  }

  Node* only_comments() {
    Node* n = tree_.scalar("!!null", "");
    n->separated = leading_.separated;
    if (!leading_.text.empty()) n->note().leading = leading_.text;
    return n;
  }

  Node* document() {
    std::unordered_map<std::string, Node*> anchors;
    std::vector<Token> tokens;
    List open;
    Node* root = nullptr;
    YamlEvent e;
    while (true) {
      if (!events_.next(e)) return fail(events_.error());
      if (e.type == YamlEvent::Type::DocumentEnd) break;
      if (e.type == YamlEvent::Type::SequenceEnd || e.type == YamlEvent::Type::MappingEnd) {
        if (open.back()->style == Style::Flow) tokens.push_back({Token::Type::Close, e.begin.offset, e.end.offset, open.back()});
        open.pop_back();
        continue;
      }
      Node* n = node(e, anchors, open, tokens);
      if (!n) return nullptr;
      if (open.empty()) root = n;
      else place(open.back(), n);
      if (n->map() || n->seq()) open.push_back(n);
    }
    attach_comments(text_, from_, e.begin.offset, tokens, root);
    from_ = e.implicit ? e.begin.offset : e.end.offset;
    return root;
  }

  Node* node(const YamlEvent& e, std::unordered_map<std::string, Node*>& anchors, const List& open, std::vector<Token>& tokens) {
    Node* n = tree_.make();
    n->line = e.begin.line + 1;
    n->column = e.begin.column + 1;
    n->style = style_of(e.style);
    if (e.type == YamlEvent::Type::Alias) {
      auto found = anchors.find(e.anchor);
      if (found == anchors.end()) return fail("unknown anchor '" + e.anchor + "' referenced");
      for (const Node* o : open)
        if (o == found->second) return fail("anchor '" + e.anchor + "' value contains itself");
      n->kind = Kind::Alias;
      n->value = e.anchor;
      n->alias = found->second;
      tokens.push_back({Token::Type::Scalar, e.begin.offset, e.end.offset, n});
      return n;
    }
    n->tag = short_tag(e.tag == "!" ? "!!str" : e.tag);
    n->tagged = !n->tag.empty() && e.tag != "!";
    n->anchor = e.anchor;
    if (e.type == YamlEvent::Type::Scalar) {
      n->value = e.value;
      if (n->tag.empty()) n->tag = n->style == Style::Plain ? resolve(n->value) : "!!str";
      tokens.push_back({Token::Type::Scalar, begin_of_scalar(e), e.end.offset, n});
    } else {
      n->kind = e.type == YamlEvent::Type::SequenceStart ? Kind::Seq : Kind::Map;
      if (n->tag.empty()) n->tag = n->seq() ? "!!seq" : "!!map";
      if (n->style == Style::Flow) {
        tokens.push_back({Token::Type::Open, e.end.offset - 1, e.end.offset, n});
      } else {
        // The place of the first key or dash; an indentless sequence's event ends after its dash.
        bool after = n->seq() && e.end.offset > 0 && (e.end.offset >= text_.size() || text_[e.end.offset] != '-');
        n->column = e.end.column + 1 - after;
      }
    }
    if (!n->anchor.empty()) anchors[n->anchor] = n;
    return n;
  }

  // Anchor and tag come before a scalar and may have comments after them.
  size_t begin_of_scalar(const YamlEvent& e) const {
    size_t at = e.begin.offset;
    if (e.anchor.empty() && e.tag.empty()) return at;
    while (at < e.end.offset && (text_[at] == '&' || text_[at] == '!')) {
      while (at < e.end.offset && !ascii_space(text_[at])) at++;
      while (at < e.end.offset && ascii_space(text_[at])) at++;
    }
    return at;
  }

  void place(Node* parent, Node* n) {
    n->parent = parent;
    n->hint = static_cast<uint32_t>(parent->content.size());
    if (parent->map()) {
      if (parent->content.size() % 2 == 0) n->is_key = true;
      else n->key = parent->content.back();
    }
    parent->content.push_back(n);
  }

  Tree& tree_;
  std::string text_;
  Leading leading_;
  YamlReader events_;
  size_t from_, count_ = 0;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<DocumentReader> yaml_reader(std::string_view text, Tree& tree) { return std::make_unique<YamlDocuments>(text, tree); }

}  // namespace nacre::yq
