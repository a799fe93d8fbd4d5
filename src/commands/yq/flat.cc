/// Flat formats: properties, comma- and tab-separated values, encoded text, shell variables; and
/// which format is which.
/// Source: Java's Properties; RFC 4180; mikefarah yq v4, "Usage".
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/run_watch.h"
#include "base/text_encoding.h"
#include "commands/yq/formats.h"

namespace nacre::yq {
namespace {

/// A reader of what is one document.
class OneDocument : public DocumentReader {
 public:
  OneDocument(std::string_view text, Tree& tree) : text_(text), tree_(tree) {}
  Node* next() override {
    if (done_) return nullptr;
    done_ = true;
    Node* n = read();
    return error_.empty() ? n : nullptr;
  }

 protected:
  virtual Node* read() = 0;
  std::string_view text_;
  Tree& tree_;

 private:
  bool done_ = false;
};

Node* guessed(Tree& tree, std::string_view s) {
  Node* n = tree.scalar(resolve(s), s);
  if (n->tag == "!!merge") n->tag = "!!str";
  return n;
}

// ---- properties

class PropsDocument final : public OneDocument {
 public:
  using OneDocument::OneDocument;

 private:
  Node* read() override {
    Node* root = nullptr;
    std::string comments;
    while (!text_.empty()) {
      std::string line = logical_line();
      std::string_view s = line;
      while (!s.empty() && ascii_space(s.front())) s.remove_prefix(1);
      if (s.empty()) continue;
      if (s[0] == '#' || s[0] == '!') {
        if (!comments.empty()) comments += '\n';
        comments += "# " + std::string(trimmed(s.substr(1)));
        continue;
      }
      std::string key;
      size_t i = 0;
      for (; i < s.size() && s[i] != '=' && s[i] != ':' && !ascii_space(s[i]); i++) {
        if (s[i] == '\\' && i + 1 < s.size()) i++;
        key += s[i];
      }
      while (i < s.size() && ascii_space(s[i])) i++;
      if (i < s.size() && (s[i] == '=' || s[i] == ':')) i++;
      while (i < s.size() && ascii_space(s[i])) i++;
      Node* n = put(root, key, guessed(tree_, trimmed(unescape(s.substr(i)))));
      if (!n) return nullptr;
      if (!comments.empty()) (n->key ? n->key : n)->note().head = std::exchange(comments, {});
    }
    return root ? root : tree_.map();
  }

  // A line and those that continue it after a backslash.
  std::string logical_line() {
    std::string line;
    while (!text_.empty()) {
      size_t end = text_.find('\n');
      std::string_view part = text_.substr(0, end);
      text_ = end == text_.npos ? std::string_view() : text_.substr(end + 1);
      if (part.ends_with('\r')) part.remove_suffix(1);
      if (!line.empty())
        while (!part.empty() && ascii_space(part.front())) part.remove_prefix(1);
      size_t slashes = 0;
      while (slashes < part.size() && part[part.size() - 1 - slashes] == '\\') slashes++;
      line += part;
      if (slashes % 2 == 0 || trimmed(line).starts_with('#')) break;
      line.pop_back();
    }
    return line;
  }

  static std::string unescape(std::string_view s) {
    std::string out;
    for (size_t i = 0; i < s.size(); i++) {
      if (s[i] != '\\' || i + 1 == s.size()) {
        out += s[i];
        continue;
      }
      char c = s[++i];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }
    return out;
  }

  // a.b.0 = value: maps, and lists where keys are numbers.
  Node* put(Node*& root, std::string_view path, Node* value) {
    Node* parent = nullptr;
    std::string name;
    Node** top = &root;
    for (size_t depth = 0;; depth++) {
      size_t dot = path.find('.');
      std::string_view part = path.substr(0, dot);
      int64_t i = -1;
      bool index = !part.empty() && part.find_first_not_of("0123456789") == part.npos && to_int(part, i) && i < 100000 && depth > 0;
      Node* here;
      if (!parent) {
        if (!*top) *top = tree_.map();
        here = *top;
      } else {
        Node* found = parent->map() ? find(parent, name) : parent->content[static_cast<size_t>(std::stoul(name))];
        if (found->scalar()) {
          found->kind = index ? Kind::Seq : Kind::Map;
          found->tag = index ? "!!seq" : "!!map";
          found->value.clear();
        }
        here = found;
      }
      bool last = dot == path.npos;
      if (here->seq() && !index) {
        error_ = "cannot set '" + std::string(part) + "' of a list";
        return nullptr;
      }
      name = part;
      if (here->seq()) {
        while (static_cast<int64_t>(here->content.size()) <= i) append(here, tree_.null());
        name = std::to_string(i);
        Node*& slot = here->content[static_cast<size_t>(i)];
        if (last) {
          value->parent = here;
          value->hint = static_cast<uint32_t>(i);
          slot = value;
        }
      } else if (Node* own = find(here, part)) {
        if (last) {
          own->value = value->value;
          own->tag = value->tag;
          return own;
        }
      } else {
        append(here, tree_.text(part), last ? value : tree_.null());
      }
      if (last) return value;
      parent = here;
      path.remove_prefix(dot + 1);
      if (depth > 200) {
        error_ = "keys are nested too deeply";
        return nullptr;
      }
    }
  }
};

void props_lines(std::string& out, const Node* n, const std::string& path, const FormatOptions& o) {
  n = real(n);
  if (n->scalar()) {
    const Node* entry = n->key ? n->key : n;
    for (const std::string* text : {&entry->head(), &n->line_comment()}) {
      if (text->empty()) continue;
      std::string bare = bare_comment(*text);
      for (std::string_view rest = bare; !rest.empty();) {
        size_t end = rest.find('\n');
        if (!rest.substr(0, end).empty()) out += "# " + std::string(rest.substr(0, end)) + "\n";
        rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
      }
    }
    if (n->null() && n->value.empty() && path.empty()) return;
    std::string value;
    for (char c : n->value) value += c == '\n' ? "\\n" : std::string(1, c);
    if (!o.unwrap && n->str() && n->value.find(' ') != std::string::npos) value = json_string(n->value);
    out += path + o.props_separator + value + "\n";
    return;
  }
  for (size_t i = 0; i < n->content.size(); i += 1 + n->map()) {
    std::string name = n->map() ? n->content[i]->value : std::to_string(i);
    std::string inner = path.empty() ? name : !n->map() && o.props_brackets ? path + "[" + name + "]" : path + "." + name;
    if (i + n->map() < n->content.size()) deep_call([&] { props_lines(out, n->content[i + n->map()], inner, o); });
  }
}

// ---- comma-separated values

class CsvDocument final : public OneDocument {
 public:
  CsvDocument(std::string_view text, Tree& tree, char separator, bool parse) : OneDocument(text, tree), separator_(separator), parse_(parse) {}

 private:
  Node* read() override {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    Node* all = tree_.seq();
    std::vector<std::string> header, row;
    if (!record(header)) return all;
    while (record(row)) {
      if (row.size() != header.size()) {
        error_ = "record on line " + std::to_string(line_) + ": wrong number of fields";
        return nullptr;
      }
      Node* m = tree_.map();
      for (size_t i = 0; i < row.size(); i++) append(m, tree_.text(header[i]), field(row[i]));
      append(all, m);
      if (all->content.size() % 1024 == 0 && should_stop()) break;
    }
    return all;
  }

  Node* field(const std::string& s) {
    if (!parse_) return tree_.text(s);
    if (s.starts_with('{') || s.starts_with('[')) {
      auto reader = yaml_reader(s, tree_);
      if (Node* n = reader->next()) return n;
      return tree_.text(s);
    }
    return s.empty() ? tree_.scalar("!!null", "") : guessed(tree_, s);
  }

  bool record(std::vector<std::string>& out) {
    out.clear();
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
      line_ += text_[at_] == '\n';
      at_++;
    }
    if (at_ >= text_.size()) return false;
    line_++;
    std::string s;
    while (true) {
      if (at_ < text_.size() && text_[at_] == '"' && s.empty()) {
        for (at_++; at_ < text_.size(); at_++) {
          if (text_[at_] != '"') s += text_[at_];
          else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') s += text_[at_++];
          else break;
        }
        at_++;
      }
      char c = at_ < text_.size() ? text_[at_] : '\n';
      if (c != separator_ && c != '\n') {
        if (c != '\r' || at_ + 1 >= text_.size() || text_[at_ + 1] != '\n') s += c;
        at_++;
        continue;
      }
      at_++;
      out.push_back(std::exchange(s, {}));
      if (c == '\n') return true;
    }
  }

  char separator_;
  bool parse_;
  size_t at_ = 0, line_ = 0;
};

void csv_field(std::string& out, std::string_view s, char separator) {
  bool quote = s.find_first_of("\"\r\n") != s.npos || s.find(separator) != s.npos || (!s.empty() && (s[0] == ' ' || s[0] == '\t')) || s == "\\.";
  if (!quote) {
    out += s;
    return;
  }
  out += '"';
  for (char c : s) {
    out += c;
    if (c == '"') out += '"';
  }
  out += '"';
}

bool csv_row(std::string& out, const List& fields, char separator, std::string* error) {
  for (size_t i = 0; i < fields.size(); i++) {
    if (i > 0) out += separator;
    const Node* n = fields[i] ? real(fields[i]) : nullptr;
    if (n && !n->scalar()) {
      *error = "csv encoding only works for arrays of scalars (string/numbers/booleans), child[" + std::to_string(i) + "] is a " + n->tag;
      return false;
    }
    if (n) csv_field(out, n->null() && n->value == "null" ? "" : n->value, separator);
  }
  out += '\n';
  return true;
}

// ---- encoded text

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (ascii_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

class EncodedDocument final : public OneDocument {
 public:
  EncodedDocument(Format format, std::string_view text, Tree& tree) : OneDocument(text, tree), format_(format) {}

 private:
  Node* read() override {
    std::string out;
    if (format_ == Format::Base64) base64(out);
    else percent(out);
    return tree_.text(out);
  }
  void base64(std::string& out) {
    uint32_t bits = 0, count = 0;
    for (size_t i = 0; i < text_.size(); i++) {
      char c = text_[i];
      if (ascii_space(c)) continue;
      if (c == '=') break;
      int v = sextet(c);
      if (v < 0) {
        error_ = "illegal base64 data at input byte " + std::to_string(i);
        return;
      }
      bits = bits << 6 | static_cast<uint32_t>(v);
      count += 6;
      if (count >= 8) {
        count -= 8;
        out += static_cast<char>(bits >> count & 0xff);
      }
    }
  }
  void percent(std::string& out) {
    for (size_t i = 0; i < text_.size(); i++) {
      if (text_[i] == '+') out += ' ';
      else if (text_[i] != '%') out += text_[i];
      else {
        std::string hex(text_.substr(i + 1, 2));
        char* end = nullptr;
        unsigned long v = std::strtoul(hex.c_str(), &end, 16);
        if (hex.size() < 2 || *end) {
          error_ = "invalid URL escape \"" + std::string(text_.substr(i, 3)) + "\"";
          return;
        }
        out += static_cast<char>(v);
        i += 2;
      }
    }
  }
  Format format_;
};

// Go's QueryEscape: a blank is a plus.
std::string query_escape(std::string_view s) {
  std::string out;
  for (char c : s) out += c == ' ' ? "+" : c == '~' || c == '.' || c == '-' || c == '_' || ascii_alnum(c) ? std::string(1, c) : percent_encode({&c, 1});
  return out;
}

std::string shell_word(std::string_view s) {
  std::string out;
  bool quoted = false;
  for (char c : s) {
    bool plain = ascii_alnum(c) || std::string_view("_./-,:=@%+").find(c) != std::string_view::npos;
    if (c == '\'') {
      if (quoted) out += '\'';
      quoted = false;
      out += "\\'";
      continue;
    }
    if (!plain && !quoted) {
      out += '\'';
      quoted = true;
    }
    out += c;
  }
  if (quoted) out += '\'';
  return s.empty() ? "''" : out;
}

void shell_lines(std::string& out, const Node* n, const std::string& name, const FormatOptions& o) {
  n = real(n);
  if (n->scalar()) {
    out += (name.empty() ? "value" : name) + "=" + (n->null() ? "" : n->value.empty() ? "''" : shell_word(n->value)) + "\n";
    return;
  }
  for (size_t i = 0; i < n->content.size(); i += 1 + n->map()) {
    std::string part = n->map() ? n->content[i]->value : std::to_string(i), safe;
    for (char c : part) safe += ascii_alnum(c) || c == '_' ? c : '_';
    if (name.empty() && !safe.empty() && ascii_digit(safe[0])) safe.insert(0, "_");
    if (i + n->map() < n->content.size())
      deep_call([&] { shell_lines(out, n->content[i + n->map()], name.empty() ? safe : name + o.shell_separator + safe, o); });
  }
}

}  // namespace

std::unique_ptr<DocumentReader> props_reader(std::string_view text, Tree& tree, const FormatOptions&) { return std::make_unique<PropsDocument>(text, tree); }
std::unique_ptr<DocumentReader> csv_reader(std::string_view text, Tree& tree, char separator, bool auto_parse) {
  return std::make_unique<CsvDocument>(text, tree, separator, auto_parse);
}
std::unique_ptr<DocumentReader> encoded_reader(Format format, std::string_view text, Tree& tree) {
  return std::make_unique<EncodedDocument>(format, text, tree);
}

bool write_props(std::string& out, const Node* n, const FormatOptions& o, std::string*) {
  if (real(n)->scalar()) out += real(n)->value + "\n";
  else props_lines(out, n, "", o);
  return true;
}

bool write_csv(std::string& out, const Node* n, char separator, std::string* error) {
  n = real(n);
  if (n->scalar()) return out += n->value + "\n", true;
  if (!n->seq()) return *error = "csv encoding only works for arrays, got: " + n->tag, false;
  if (n->content.empty()) return true;
  const Node* first = real(n->content[0]);
  if (first->scalar()) return csv_row(out, n->content, separator, error);
  if (first->seq()) {
    for (const Node* row : n->content) {
      if (!real(row)->seq()) return *error = "csv encoding only works for arrays of arrays or maps, got: " + row->tag, false;
      if (!csv_row(out, real(row)->content, separator, error)) return false;
    }
    return true;
  }
  List header;
  for (size_t i = 0; i < first->content.size(); i += 2) header.push_back(first->content[i]);
  if (!csv_row(out, header, separator, error)) return false;
  for (const Node* row : n->content) {
    if (!real(row)->map())
      return *error = "csv object encoding only works for arrays of flat objects (string key => string/numbers/boolean value), child is a " + row->tag, false;
    List fields;
    for (Node* k : header) fields.push_back(find(real(row), k->value));
    if (!csv_row(out, fields, separator, error)) return false;
  }
  return true;
}

bool write_shell(std::string& out, const Node* n, const FormatOptions& o, std::string*) {
  shell_lines(out, n, "", o);
  return true;
}

std::optional<Format> format_of(std::string_view name) {
  struct Named {
    std::string_view name;
    Format format;
  };
  static constexpr Named kNames[] = {{"yaml", Format::Yaml}, {"y", Format::Yaml},      {"yml", Format::Yaml},    {"json", Format::Json},
                                     {"j", Format::Json},    {"props", Format::Props}, {"p", Format::Props},     {"properties", Format::Props},
                                     {"csv", Format::Csv},   {"c", Format::Csv},       {"tsv", Format::Tsv},     {"t", Format::Tsv},
                                     {"xml", Format::Xml},   {"x", Format::Xml},       {"toml", Format::Toml},   {"base64", Format::Base64},
                                     {"uri", Format::Uri},   {"sh", Format::Sh},       {"shell", Format::Shell}, {"s", Format::Shell}};
  for (const Named& n : kNames)
    if (n.name == name) return n.format;
  return std::nullopt;
}

std::optional<Format> format_by_extension(std::string_view file) {
  size_t slash = file.rfind('/');
  if (slash != file.npos) file.remove_prefix(slash + 1);
  size_t dot = file.rfind('.');
  if (dot == file.npos) return std::nullopt;
  std::string_view e = file.substr(dot + 1);
  for (std::string_view known : {"yaml", "yml", "json", "properties", "csv", "tsv", "xml", "toml"})
    if (e == known) return format_of(e);
  return std::nullopt;
}

std::unique_ptr<DocumentReader> make_reader(Format format, std::string_view text, Tree& tree, const FormatOptions& o) {
  switch (format) {
    case Format::Json: return json_reader(text, tree);
    case Format::Props: return props_reader(text, tree, o);
    case Format::Csv: return csv_reader(text, tree, o.csv_separator, o.csv_auto_parse);
    case Format::Tsv: return csv_reader(text, tree, '\t', o.csv_auto_parse);
    case Format::Xml: return xml_reader(text, tree, o);
    case Format::Toml: return toml_reader(text, tree);
    case Format::Base64:
    case Format::Uri: return encoded_reader(format, text, tree);
    default: return yaml_reader(text, tree);
  }
}

bool write_document(Format format, std::string& out, Node* n, const FormatOptions& o, std::string* error) {
  const Node* r = real(n);
  switch (format) {
    case Format::Yaml:
      if (r->scalar() && o.unwrap && n->kind != Kind::Alias) return out += r->value + "\n", true;
      write_yaml(out, n, o);
      return true;
    case Format::Json:
      if (r->scalar() && o.unwrap && r->str()) out += r->value;
      else write_json(out, n, o.indent);
      out += '\n';
      return true;
    case Format::Props: return write_props(out, n, o, error);
    case Format::Csv: return write_csv(out, n, o.csv_separator, error);
    case Format::Tsv: return write_csv(out, n, '\t', error);
    case Format::Xml: return write_xml(out, n, o, error);
    case Format::Toml: return write_toml(out, n, error);
    case Format::Shell: return write_shell(out, n, o, error);
    default: break;
  }
  if (!r->scalar() || !(r->str() || format == Format::Base64)) {
    const char* name = format == Format::Base64 ? "base64" : format == Format::Uri ? "uri" : "sh";
    *error = "cannot encode " + r->tag + " as " + name +
             ", can only operate on strings. Please first pipe through another encoding operator to convert the value to a string";
    return false;
  }
  out += format == Format::Base64 ? base64_encode(r->value) : format == Format::Uri ? query_escape(r->value) : shell_word(r->value);
  return true;
}

}  // namespace nacre::yq
