/// XML: elements are fields, repeated ones lists; attributes and text beside them have names of their own.
/// Source: mikefarah yq v4, "Working with XML".
#include "algo/xml_reader.h"

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/yq/formats.h"

namespace nacre::yq {
namespace {

/// Builds the tree: each open element is a map until it turns out to be text alone.
class Builder final : public XmlEvents {
 public:
  Builder(Tree& tree, const FormatOptions& o) : tree_(tree), o_(o), root_(tree.map()) { open_.push_back({root_, nullptr, {}}); }

  Node* root() {
    finish_comment();
    return root_;
  }

  void start(std::string_view name, const std::vector<std::pair<std::string, std::string>>& attributes) override {
    flush_text();
    Node* map = tree_.map();
    for (auto& [k, v] : attributes) append(map, tree_.text(o_.xml_attribute + k), tree_.text(v));
    Node* key = tree_.text(name);
    if (!pending_.empty()) key->note().head = std::exchange(pending_, {});
    open_.push_back({map, key, {}});
  }

  void end() override {
    flush_text();
    Open o = std::move(open_.back());
    open_.pop_back();
    Node* value = o.map;
    if (!pending_.empty() && o.map->content.empty()) o.key->note().line = std::exchange(pending_, {});
    Node* text = find(o.map, o_.xml_content);
    if (o.map->content.empty()) value = tree_.scalar("!!null", "");
    else if (o.map->content.size() == 2 && text) value = text;
    if (!pending_.empty()) o.key->note().foot = std::exchange(pending_, {});
    if (value->scalar() && !o.key->line_comment().empty()) std::swap(value->note().line, o.key->note().line);
    put(open_.back().map, o.key, value);
  }

  void text(std::string_view s) override { open_.back().text += s; }

  void comment(std::string_view s) override {
    if (!pending_.empty()) pending_ += '\n';
    pending_ += hash_comment(trimmed(s));
  }

  void instruction(std::string_view target, std::string_view data) override {
    if (!o_.xml_skip_proc_inst) put(open_.back().map, tree_.text(o_.xml_proc_inst + std::string(target)), tree_.text(data));
  }
  void directive(std::string_view s) override {
    if (!o_.xml_skip_directives) put(open_.back().map, tree_.text(o_.xml_directive), tree_.text(s));
  }

 private:
  struct Open {
    Node* map;
    Node* key;
    std::string text;
  };

  void flush_text() {
    std::string s = std::exchange(open_.back().text, {});
    if (open_.size() < 2) return;
    std::string_view t = trimmed(s);
    if (!t.empty()) put(open_.back().map, tree_.text(o_.xml_content), tree_.text(t));
  }

  void put(Node* map, Node* key, Node* value) {
    Node* own = find(map, key->value);
    if (!own) return append(map, key, value);
    if (own->seq() && own->cdata) return append(own, value);   // `cdata` marks lists made here
    Node* list = tree_.seq();
    list->cdata = true;
    size_t at = map->index_of(own);
    append(list, own);
    append(list, value);
    list->parent = map;
    list->key = map->content[at - 1];
    list->hint = static_cast<uint32_t>(at);
    map->content[at] = list;
  }

  void finish_comment() {
    if (!pending_.empty() && !root_->content.empty()) root_->note().foot = std::exchange(pending_, {});
  }

  Tree& tree_;
  const FormatOptions& o_;
  Node* root_;
  std::vector<Open> open_;
  std::string pending_;
};

class XmlDocument final : public DocumentReader {
 public:
  XmlDocument(std::string_view text, Tree& tree, const FormatOptions& o) : text_(text), tree_(tree), o_(o) {}

  Node* next() override {
    if (done_) return nullptr;
    done_ = true;
    if (trimmed(text_).empty()) return nullptr;
    Builder b(tree_, o_);
    if (!read_xml(text_, b, &error_)) return nullptr;
    return b.root();
  }

 private:
  std::string_view text_;
  Tree& tree_;
  const FormatOptions& o_;
  bool done_ = false;
};

class Writer {
 public:
  Writer(std::string& out, const FormatOptions& o, std::string* error) : out_(out), o_(o), error_(error) {}

  bool document(const Node* n) {
    n = real(n);
    if (n->scalar()) {
      escape(n->value);
      out_ += '\n';
      return true;
    }
    if (!n->map()) return *error_ = "cannot encode " + n->tag + " to XML - only maps can be encoded", false;
    comment(n->head(), 0);
    for (size_t i = 0; i + 1 < n->content.size(); i += 2)
      if (!entry(n->content[i], n->content[i + 1], 0)) return false;
    comment(n->foot(), 0);
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    return true;
  }

 private:
  void line(size_t depth) {
    if (o_.indent == 0 || out_.empty()) return;
    if (out_.back() != '\n') out_ += '\n';
    out_.append(depth * static_cast<size_t>(o_.indent), ' ');
  }

  void escape(std::string_view s, bool attribute = false) {
    for (char c : s) {
      switch (c) {
        case '&': out_ += "&amp;"; break;
        case '<': out_ += "&lt;"; break;
        case '>': out_ += "&gt;"; break;
        case '"': out_ += "&#34;"; break;
        case '\'': out_ += "&#39;"; break;
        case '\n': out_ += attribute ? "&#xA;" : "\n"; break;
        case '\t': out_ += "&#x9;"; break;
        case '\r': out_ += "&#xD;"; break;
        default: out_ += c;
      }
    }
  }

  void comment(const std::string& text, size_t depth) {
    if (text.empty()) return;
    line(depth);
    out_ += "<!-- " + bare_comment(text) + " -->";
  }

  bool entry(const Node* key, const Node* value, size_t depth) {
    comment(key->head(), depth);
    const Node* v = real(value);
    if (key->value.starts_with(o_.xml_proc_inst)) {
      line(depth);
      out_ += "<?" + key->value.substr(o_.xml_proc_inst.size()) + (v->value.empty() ? "" : " " + v->value) + "?>";
      if (o_.indent) out_ += '\n';
      return true;
    }
    if (key->value == o_.xml_directive) {
      line(depth);
      out_ += "<!" + v->value + ">";
      if (o_.indent) out_ += '\n';
      return true;
    }
    if (v->seq()) {
      for (const Node* item : v->content)
        if (!element(key->value, real(item), depth)) return false;
    } else if (!element(key->value, v, depth)) {
      return false;
    }
    comment(key->foot(), depth);
    return true;
  }

  bool element(const std::string& name, const Node* v, size_t depth) {
    line(depth);
    out_ += "<" + name;
    if (v->scalar()) {
      out_ += '>';
      if (!v->null()) escape(v->value);
      if (!v->line_comment().empty()) out_ += "<!-- " + bare_comment(v->line_comment()) + " -->";
      out_ += "</" + name + ">";
      return true;
    }
    if (v->seq()) {   // a list in a list
      out_ += '>';
      for (const Node* item : v->content)
        if (!deep_call([&] { return element(name, real(item), depth + 1); })) return false;
      line(depth);
      out_ += "</" + name + ">";
      return true;
    }
    auto is_attribute = [&](const Node* k) { return k->value.starts_with(o_.xml_attribute) && k->value != o_.xml_content; };
    for (size_t i = 0; i + 1 < v->content.size(); i += 2) {
      if (!is_attribute(v->content[i])) continue;
      const Node* a = real(v->content[i + 1]);
      if (!a->scalar()) return *error_ = "cannot use " + a->tag + " as attribute, only scalars are supported", false;
      out_ += " " + v->content[i]->value.substr(o_.xml_attribute.size()) + "=\"";
      escape(a->value, true);
      out_ += '"';
    }
    out_ += '>';
    bool children = false;
    for (size_t i = 0; i + 1 < v->content.size(); i += 2) {
      if (is_attribute(v->content[i])) continue;
      if (v->content[i]->value == o_.xml_content) {
        const Node* text = real(v->content[i + 1]);
        if (text->scalar()) escape(text->value);
        for (const Node* piece : text->content) escape(real(piece)->value);
        continue;
      }
      children = true;
      if (!deep_call([&] { return entry(v->content[i], v->content[i + 1], depth + 1); })) return false;
    }
    if (children) line(depth);
    out_ += "</" + name + ">";
    return true;
  }

  std::string& out_;
  const FormatOptions& o_;
  std::string* error_;
};

}  // namespace

std::unique_ptr<DocumentReader> xml_reader(std::string_view text, Tree& tree, const FormatOptions& o) { return std::make_unique<XmlDocument>(text, tree, o); }

bool write_xml(std::string& out, const Node* n, const FormatOptions& o, std::string* error) {
  std::string text;
  if (!Writer(text, o, error).document(n)) return false;
  out += text;
  return true;
}

}  // namespace nacre::yq
