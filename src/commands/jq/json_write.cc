/// Values as JSON text.
#include "commands/jq/json_write.h"

#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

constexpr int kMaxPrintDepth = 10001;
constexpr char kReset[] = "\33[0m";

void escape_unit(std::string& out, uint32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 15];
}

// 0: as it is; a letter: \letter; 1: \u00XX.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> t{};
  for (int c = 0; c < 32; c++) t[static_cast<size_t>(c)] = 1;
  t[127] = 1;
  t['\b'] = 'b';
  t['\f'] = 'f';
  t['\n'] = 'n';
  t['\r'] = 'r';
  t['\t'] = 't';
  t['"'] = '"';
  t['\\'] = '\\';
  return t;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

class Writer {
 public:
  Writer(std::string& out, const WriteOptions& o) : out_(out), o_(o), pretty_(o.indent > 0 || o.tab) {}

  void write(const Value& v, int depth) {
    if (depth > kMaxPrintDepth) {
      out_ += "<skipped: too deep>";
      return;
    }
    switch (v.kind()) {
      case Kind::Array: deep_call([&] { array(v, depth); }); return;
      case Kind::Object: deep_call([&] { object(v, depth); }); return;
      default: break;
    }
    begin(v);
    switch (v.kind()) {
      case Kind::Null: out_ += "null"; break;
      case Kind::False: out_ += "false"; break;
      case Kind::True: out_ += "true"; break;
      case Kind::Number: append_number(out_, v); break;
      case Kind::String: write_string(out_, v.str(), o_.ascii); break;
      default: break;
    }
    end();
  }

 private:
  void begin(const Value& v) {
    if (o_.colors) out_ += o_.colors->text[static_cast<size_t>(v.kind()) - 1];
  }
  void end() {
    if (o_.colors) out_ += kReset;
  }
  void line(int depth) {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(o_.tab ? depth : depth * o_.indent), o_.tab ? '\t' : ' ');
  }

  void array(const Value& v, int depth) {
    begin(v);
    out_ += '[';
    for (size_t i = 0; i < v.size(); i++) {
      if (i) {
        begin(v);
        out_ += ',';
      }
      line(depth + 1);
      write(v.at(i), depth + 1);
    }
    if (v.size()) {
      begin(v);
      line(depth);
      begin(v);
    }
    out_ += ']';
    end();
  }

  void object(const Value& v, int depth) {
    begin(v);
    out_ += '{';
    bool first = true;
    auto one = [&](const Value& key, const Value& value) {
      entry(v, key, value, depth, first);
      first = false;
    };
    if (o_.sort) {
      Value keys = sorted_keys(v);
      for (size_t i = 0; i < keys.size(); i++) one(keys.at(i), *v.find(keys.at(i)));
    } else {
      each_entry(v, one);
    }
    if (!first) {
      begin(v);
      line(depth);
      begin(v);
    }
    out_ += '}';
    end();
  }

  void entry(const Value& object, const Value& key, const Value& value, int depth, bool first) {
    if (!first) {
      begin(object);
      out_ += ',';
    }
    line(depth + 1);
    end();
    if (o_.colors) out_ += o_.colors->text[7];
    write_string(out_, key.str(), o_.ascii);
    end();
    begin(object);
    out_ += pretty_ ? ": " : ":";
    end();
    write(value, depth + 1);
  }

  std::string& out_;
  const WriteOptions& o_;
  bool pretty_;
};

}  // namespace

Colors::Colors() {
  constexpr std::string_view kDefaults[] = {"0;90", "0;39", "0;39", "0;39", "0;32", "1;39", "1;39", "34;1"};
  for (size_t i = 0; i < text.size(); i++) text[i] = "\33[" + std::string(kDefaults[i]) + "m";
}

bool Colors::parse(std::string_view spec) {
  if (spec.find_first_not_of("0123456789;:") != std::string_view::npos) return false;
  for (size_t i = 0; i < text.size(); i++) {
    size_t colon = spec.find(':');
    text[i] = "\33[" + std::string(spec.substr(0, colon)) + "m";
    if (colon == std::string_view::npos) break;
    spec.remove_prefix(colon + 1);
  }
  return true;
}

void write_string(std::string& out, std::string_view s, bool ascii) {
  out += '"';
  size_t from = 0;
  for (size_t i = 0; i < s.size();) {
    unsigned char c = static_cast<unsigned char>(s[i]);
    char e = kEscapes[c];
    if (e == 0 && (c < 0x80 || !ascii)) {
      i++;
      continue;
    }
    out.append(s, from, i - from);
    if (c >= 0x80) {
      auto ch = utf8::decode(s.substr(i));
      if (ch.code > 0xffff) {
        escape_unit(out, 0xd800 + ((ch.code - 0x10000) >> 10));
        escape_unit(out, 0xdc00 + ((ch.code - 0x10000) & 0x3ff));
      } else {
        escape_unit(out, ch.code);
      }
      i += ch.length;
    } else {
      if (e == 1) escape_unit(out, c);
      else {
        out += '\\';
        out += e;
      }
      i++;
    }
    from = i;
  }
  out.append(s, from, s.size() - from);
  out += '"';
}

void write_json(std::string& out, const Value& v, const WriteOptions& options) { Writer(out, options).write(v, 0); }

void write_json(std::string& out, const Value& v) {
  const WriteOptions compact;
  Writer(out, compact).write(v, 0);
}

std::string to_json(const Value& v) {
  std::string out;
  write_json(out, v);
  return out;
}

std::string brief(const Value& v) {
  constexpr size_t kLimit = 29;
  std::string text = to_json(v);
  if (text.size() <= kLimit) return text;
  char last = text.back();
  bool closes = v.is_string() || v.is_array() || v.is_object();
  size_t n = kLimit - 3 - closes;
  while (n > 0 && (text[n] & 0xc0) == 0x80) n--;
  text.resize(n);
  text += "...";
  if (closes) text += last;
  return text;
}

}  // namespace nacre::jq
