/// JSON: any number of texts one after the other; numbers keep their digits.
/// Source: RFC 8259; Go's encoding/json for how numbers are printed.
#include <cmath>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/run_watch.h"
#include "base/text_encoding.h"
#include "base/utf8.h"
#include "commands/yq/formats.h"

namespace nacre::yq {
namespace {

constexpr size_t kJsonNesting = 1000;

class JsonDocuments final : public DocumentReader {
 public:
  JsonDocuments(std::string_view text, Tree& tree) : text_(text), tree_(tree) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  Node* next() override {
    blanks();
    if (!error_.empty() || at_ >= text_.size()) return nullptr;
    Node* n = value(0);
    return error_.empty() ? n : nullptr;
  }

 private:
  void blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) at_++;
  }

  Node* fail(const std::string& where) {
    if (!error_.empty()) return nullptr;
    if (at_ >= text_.size()) error_ = "unexpected end of JSON input";
    else error_ = "invalid character '" + std::string(text_.substr(at_, utf8::decode(text_.substr(at_)).length)) + "' " + where;
    return nullptr;
  }

  Node* value(size_t depth) {
    if (depth > kJsonNesting) {
      error_ = "exceeded max depth of " + std::to_string(kJsonNesting);
      return nullptr;
    }
    if (++count_ % 4096 == 0 && should_stop()) {
      error_ = "stopped";
      return nullptr;
    }
    blanks();
    char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '{') return deep_call([&] { return object(depth); });
    if (c == '[') return deep_call([&] { return array(depth); });
    if (c == '"') {
      std::string s;
      return string(s) ? tree_.text(s) : nullptr;
    }
    if (c == '-' || ascii_digit(c)) return number();
    for (std::string_view word : {"null", "true", "false"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return tree_.scalar(word == "null" ? "!!null" : "!!bool", word);
      }
    return fail("looking for beginning of value");
  }

  Node* object(size_t depth) {
    Node* map = tree_.map();
    at_++;
    blanks();
    if (take('}')) return map;
    while (true) {
      blanks();
      std::string key;
      if (at_ >= text_.size() || text_[at_] != '"') return fail("looking for beginning of object key string");
      if (!string(key)) return nullptr;
      blanks();
      if (!take(':')) return fail("after object key");
      Node* v = value(depth + 1);
      if (!v) return nullptr;
      append(map, tree_.text(key), v);
      blanks();
      if (take('}')) return map;
      if (!take(',')) return fail("after object key:value pair");
    }
  }

  Node* array(size_t depth) {
    Node* seq = tree_.seq();
    at_++;
    blanks();
    if (take(']')) return seq;
    while (true) {
      Node* v = value(depth + 1);
      if (!v) return nullptr;
      append(seq, v);
      blanks();
      if (take(']')) return seq;
      if (!take(',')) return fail("after array element");
    }
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }

  Node* number() {
    size_t from = at_;
    while (at_ < text_.size() && (ascii_digit(text_[at_]) || std::string_view("+-.eE").find(text_[at_]) != std::string_view::npos)) at_++;
    std::string_view s = text_.substr(from, at_ - from);
    double d;
    if (!to_double(s, d)) return fail("in numeric literal");
    return tree_.scalar(s.find_first_of(".eE") == s.npos ? "!!int" : "!!float", s);
  }

  bool hex(uint32_t& code) {
    code = 0;
    if (text_.size() - at_ < 4) return false;
    for (int i = 0; i < 4; i++) {
      char c = ascii_lower(text_[at_++]);
      if (!ascii_digit(c) && (c < 'a' || c > 'f')) return false;
      code = code * 16 + static_cast<uint32_t>(ascii_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
  }

  bool string(std::string& out) {
    at_++;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"') return at_++, true;
      if (static_cast<unsigned char>(c) < 0x20) return fail("in string literal"), false;
      if (c != '\\') {
        size_t end = text_.find_first_of("\"\\\n\t", at_);
        if (end == text_.npos || end == at_) end = at_ + 1;
        out += text_.substr(at_, end - at_);
        at_ = end;
        continue;
      }
      if (++at_ >= text_.size()) break;
      c = text_[at_++];
      constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
      if (size_t i = kFrom.find(c); i != kFrom.npos) {
        out += kTo[i];
      } else if (uint32_t code; c == 'u' && hex(code)) {
        uint32_t low;
        if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
          size_t back = at_;
          at_ += 2;
          if (hex(low) && low >= 0xdc00 && low < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          else at_ = back;
        }
        utf8::append(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
      } else {
        at_--;
        return fail("in string escape code"), false;
      }
    }
    return fail(""), false;
  }

  std::string_view text_;
  Tree& tree_;
  size_t at_ = 0, count_ = 0;
};

class JsonWriter {
 public:
  JsonWriter(std::string& out, int indent) : out_(out), indent_(static_cast<size_t>(indent)) {}

  void value(const Node* n, size_t depth) {
    n = real(n);
    if (n->scalar()) return scalar(n);
    bool map = n->map();
    if (n->content.empty()) {
      out_ += map ? "{}" : "[]";
      return;
    }
    out_ += map ? '{' : '[';
    for (size_t i = 0; i < n->content.size(); i += 1 + map) {
      if (i > 0) out_ += ',';
      line(depth + 1);
      if (map) {
        append_json_string(out_, real(n->content[i])->value);
        out_ += indent_ ? ": " : ":";
      }
      if (i + map < n->content.size()) deep_call([&] { value(n->content[i + map], depth + 1); });
    }
    line(depth);
    out_ += map ? '}' : ']';
  }

 private:
  void line(size_t depth) {
    if (!indent_) return;
    out_ += '\n';
    out_.append(depth * indent_, ' ');
  }

  void scalar(const Node* n) {
    int64_t i;
    double d;
    if (n->null()) out_ += "null";
    else if (n->tag == "!!bool") out_ += n->truthy() ? "true" : "false";
    else if (n->tag == "!!int" && to_int(n->value, i)) out_ += std::to_string(i);
    else if (n->tag == "!!int" && to_double(n->value, d)) out_ += n->value;
    else if (n->tag == "!!float" && to_double(n->value, d) && std::isfinite(d)) out_ += format_double(d);
    else append_json_string(out_, n->value);
  }

  std::string& out_;
  size_t indent_;
};

}  // namespace

std::unique_ptr<DocumentReader> json_reader(std::string_view text, Tree& tree) { return std::make_unique<JsonDocuments>(text, tree); }

void write_json(std::string& out, const Node* n, int indent) { JsonWriter(out, indent).value(n, 0); }

}  // namespace nacre::yq
