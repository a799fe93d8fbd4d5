/// TOML: tables are maps.
/// Source: TOML 1.0; mikefarah yq v4, "TOML".
#include "algo/toml_reader.h"

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/text_encoding.h"
#include "commands/yq/formats.h"

namespace nacre::yq {
namespace {

class TomlDocument final : public DocumentReader {
 public:
  TomlDocument(std::string_view text, Tree& tree) : text_(text), tree_(tree) {}

  Node* next() override {
    if (done_) return nullptr;
    done_ = true;
    TomlValue v;
    if (!read_toml(text_, v, &error_)) return nullptr;
    return node(v);
  }

 private:
  Node* node(const TomlValue& v) {
    switch (v.type) {
      case TomlValue::Type::Table: {
        Node* m = tree_.map();
        if (v.inline_table) m->style = Style::Flow;
        for (size_t i = 0; i < v.items.size(); i++) append(m, tree_.text(v.names[i]), deep_call([&] { return node(v.items[i]); }));
        return m;
      }
      case TomlValue::Type::Array: {
        Node* s = tree_.seq();
        for (const TomlValue& item : v.items) append(s, deep_call([&] { return node(item); }));
        return s;
      }
      case TomlValue::Type::Integer: return tree_.scalar("!!int", v.text);
      case TomlValue::Type::Float: return tree_.scalar("!!float", v.text);
      case TomlValue::Type::Boolean: return tree_.scalar("!!bool", v.text);
      case TomlValue::Type::Time: {
        std::string_view tag = resolve(v.text);
        return tree_.scalar(tag == "!!timestamp" ? tag : "!!str", v.text);
      }
      default: return tree_.text(v.text);
    }
  }

  std::string_view text_;
  Tree& tree_;
  bool done_ = false;
};

class Writer {
 public:
  Writer(std::string& out, std::string* error) : out_(out), error_(error) {}

  // Plain values first, since a header ends the table before it.
  bool table(const Node* m, const std::string& path) {
    for (size_t i = 0; i + 1 < m->content.size(); i += 2) {
      const Node* v = real(m->content[i + 1]);
      if (is_table(v) || is_tables(v)) continue;
      if (v->null()) return *error_ = "cannot encode null at '" + m->content[i]->value + "' as TOML", false;
      comments(m->content[i]->head());
      out_ += key(m->content[i]->value) + " = ";
      if (!value(v)) return false;
      if (!v->line_comment().empty()) out_ += " # " + bare_comment(v->line_comment());
      out_ += '\n';
    }
    for (size_t i = 0; i + 1 < m->content.size(); i += 2) {
      const Node* v = real(m->content[i + 1]);
      std::string name = path.empty() ? key(m->content[i]->value) : path + "." + key(m->content[i]->value);
      if (is_table(v)) {
        if (has_plain(v)) header(m->content[i], "[" + name + "]");
        if (!deep_call([&] { return table(v, name); })) return false;
      } else if (is_tables(v)) {
        for (const Node* item : v->content) {
          header(m->content[i], "[[" + name + "]]");
          if (!deep_call([&] { return table(real(item), name); })) return false;
        }
      }
    }
    return true;
  }

  bool value(const Node* n) {
    n = real(n);
    if (n->scalar()) {
      int64_t i;
      double d;
      if (n->null()) return *error_ = "cannot encode null as TOML", false;
      if (n->tag == "!!bool") out_ += n->truthy() ? "true" : "false";
      else if (n->tag == "!!int" && to_int(n->value, i)) out_ += n->value;
      else if (n->tag == "!!float" && to_double(n->value, d)) out_ += floating(n->value, d);
      else if (n->tag == "!!timestamp") out_ += n->value;
      else append_json_string(out_, n->value);
      return true;
    }
    out_ += n->seq() ? "[" : "{";
    for (size_t i = 0; i < n->content.size(); i += 1 + n->map()) {
      out_ += i > 0 ? ", " : n->map() ? " " : "";
      if (n->map()) out_ += key(n->content[i]->value) + " = ";
      if (i + n->map() < n->content.size() && !deep_call([&] { return value(n->content[i + n->map()]); })) return false;
    }
    out_ += n->seq() ? "]" : n->content.empty() ? "}" : " }";
    return true;
  }

 private:
  static bool is_table(const Node* v) { return v->map() && v->style != Style::Flow; }
  static bool is_tables(const Node* v) {
    if (!v->seq() || v->content.empty()) return false;
    for (const Node* item : v->content)
      if (!is_table(real(item))) return false;
    return true;
  }
  static bool has_plain(const Node* m) {
    if (m->content.empty()) return true;
    for (size_t i = 1; i < m->content.size(); i += 2) {
      const Node* v = real(m->content[i]);
      if (!is_table(v) && !is_tables(v)) return true;
    }
    return false;
  }
  void header(const Node* key, const std::string& text) {
    if (!out_.empty()) out_ += '\n';
    comments(key->head());
    out_ += text + "\n";
  }
  void comments(const std::string& text) {
    if (!text.empty()) out_ += text + "\n";
  }
  static std::string key(const std::string& k) {
    bool bare = !k.empty();
    for (char c : k) bare &= ascii_alnum(c) || c == '_' || c == '-';
    return bare ? k : json_string(k);
  }
  static std::string floating(const std::string& text, double d) {
    if (d != d) return "nan";
    if (d - d != 0) return d < 0 ? "-inf" : "inf";
    return text.find_first_of(".eE") == text.npos ? text + ".0" : text;
  }

  std::string& out_;
  std::string* error_;
};

}  // namespace

std::unique_ptr<DocumentReader> toml_reader(std::string_view text, Tree& tree) { return std::make_unique<TomlDocument>(text, tree); }

bool write_toml(std::string& out, const Node* n, std::string* error) {
  n = real(n);
  if (n->scalar()) return out += n->value + "\n", true;
  std::string text;
  Writer w(text, error);
  if (!(n->map() ? w.table(n, "") : w.value(n))) return false;
  if (!n->map()) text += '\n';
  out += text;
  return true;
}

}  // namespace nacre::yq
