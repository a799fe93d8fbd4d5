/// Functions that write and read formats within an expression, and read files.
#include "base/text_encoding.h"
#include "commands/text_io.h"
#include "commands/yq/interp.h"

namespace nacre::yq {

std::optional<std::string> Interp::encode(Format f, Node* n, int indent) {
  FormatOptions o = formats_;
  o.indent = indent;
  o.unwrap = true;
  Node* c = f == Format::Yaml ? n : tree_.copy(n);
  size_t made = 0;
  if (f != Format::Yaml && !explode(c, made)) return std::nullopt;
  std::string s, why;
  if (!write_document(f, s, c, o, &why)) return fail(why), std::nullopt;
  return s;
}

Node* Interp::decode(Format f, std::string_view text) {
  auto reader = make_reader(f, text, tree_, formats_);
  Node* n = reader->next();
  if (n) {
    if (n->comments) n->comments->leading.clear();
    n->separated = false;
    return n;
  }
  if (!reader->error().empty()) return fail_node(reader->error());
  return tree_.null();
}

namespace {

List encoded(Interp& in, const Expr& e, const Context& c, Format f, int indent, bool keep_newline) {
  if (!e.args.empty()) {
    auto text = in.argument(e, 0, c);
    int64_t n;
    if (!text || !to_int(*text, n) || n < 0 || n > 100) return in.fail("indent must be a number");
    indent = static_cast<int>(n);
  }
  return in.each(c, [&](Node* n) -> Node* {
    auto s = in.encode(f, n, indent);
    if (!s) return nullptr;
    bool one_line = (f == Format::Json && indent == 0) || f == Format::Csv || f == Format::Tsv;
    if ((!keep_newline || one_line) && !s->empty() && s->back() == '\n') s->pop_back();
    return in.tree().text(*s);
  });
}

List decoded(Interp& in, const Context& c, Format f) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->null()) return n;
    return in.decode(f, n->value);
  });
}

template <Format F, int Indent, bool Newline>
List to(Interp& in, const Expr& e, const Context& c) {
  return encoded(in, e, c, F, Indent, Newline);
}
template <Format F>
List from(Interp& in, const Expr&, const Context& c) {
  return decoded(in, c, F);
}

template <Format F>
List load(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    Node* name = in.first(*e.args[0], c, n);
    if (!name || !real(name)->scalar() || real(name)->null()) return in.fail_node("filename expression returned nil");
    auto text = read_file(in.process(), real(name)->value);
    if (!text)
      return in.fail_node("failed to load " + real(name)->value + ": open " + real(name)->value + ": " + [&] {
        std::string m(message(text.error()));
        if (!m.empty() && m[0] >= 'A' && m[0] <= 'Z') m[0] = static_cast<char>(m[0] + 32);
        return m;
      }());
    return in.decode(F, *text);
  });
}

List load_text(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    Node* name = in.first(*e.args[0], c, n);
    if (!name) return in.fail_node("filename expression returned nil");
    auto text = read_file(in.process(), real(name)->value);
    if (!text) return in.fail_node("failed to load " + real(name)->value + ": " + std::string(message(text.error())));
    return in.tree().text(*text);
  });
}

constexpr Function kFunctions[] = {
    {"to_yaml", 0, 1, to<Format::Yaml, 2, true>},
    {"toyaml", 0, 1, to<Format::Yaml, 2, true>},
    {"@yaml", 0, 0, to<Format::Yaml, 2, true>},
    {"to_json", 0, 1, to<Format::Json, 2, true>},
    {"tojson", 0, 1, to<Format::Json, 2, true>},
    {"@json", 0, 0, to<Format::Json, 0, false>},
    {"to_props", 0, 0, to<Format::Props, 2, true>},
    {"@props", 0, 0, to<Format::Props, 2, true>},
    {"to_csv", 0, 0, to<Format::Csv, 2, true>},
    {"@csv", 0, 0, to<Format::Csv, 2, false>},
    {"to_tsv", 0, 0, to<Format::Tsv, 2, true>},
    {"@tsv", 0, 0, to<Format::Tsv, 2, false>},
    {"to_xml", 0, 1, to<Format::Xml, 2, true>},
    {"@xml", 0, 0, to<Format::Xml, 2, true>},
    {"@base64", 0, 0, to<Format::Base64, 2, false>},
    {"@uri", 0, 0, to<Format::Uri, 2, false>},
    {"@sh", 0, 0, to<Format::Sh, 2, false>},
    {"from_yaml", 0, 0, from<Format::Yaml>},
    {"@yamld", 0, 0, from<Format::Yaml>},
    {"from_json", 0, 0, from<Format::Json>},
    {"@jsond", 0, 0, from<Format::Json>},
    {"from_props", 0, 0, from<Format::Props>},
    {"@propsd", 0, 0, from<Format::Props>},
    {"from_csv", 0, 0, from<Format::Csv>},
    {"@csvd", 0, 0, from<Format::Csv>},
    {"from_tsv", 0, 0, from<Format::Tsv>},
    {"@tsvd", 0, 0, from<Format::Tsv>},
    {"from_xml", 0, 0, from<Format::Xml>},
    {"@xmld", 0, 0, from<Format::Xml>},
    {"@base64d", 0, 0, from<Format::Base64>},
    {"@urid", 0, 0, from<Format::Uri>},
    {"load", 1, 1, load<Format::Yaml>},
    {"load_props", 1, 1, load<Format::Props>},
    {"load_xml", 1, 1, load<Format::Xml>},
    {"load_base64", 1, 1, load<Format::Base64>},
    {"load_str", 1, 1, load_text},
    {"strload", 1, 1, load_text},
};

}  // namespace

std::span<const Function> format_functions() { return kFunctions; }

}  // namespace nacre::yq
