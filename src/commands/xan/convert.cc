// to and from: other formats.
#include <map>

#include "base/deep_call.h"
#include "commands/jq/json_read.h"
#include "commands/jq/json_write.h"
#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

struct ToOptions : Options {
  bool strings = false, nulls = false;
};

/// A field as JSON: numbers and booleans as such, unless --strings.
std::string json_field(const ToOptions& o, std::string_view s) {
  if (s.empty() && o.nulls) return "null";
  double d;
  bool zero = s.size() > 1 && s[0] == '0' && s[1] != '.';          // 007 is a name
  bool minus = s.size() > 2 && s[0] == '-' && s[1] == '0' && s[2] != '.';
  bool plain = !s.empty() && s[0] != '+' && s[0] != '.' && !s.ends_with('.') && !s.starts_with("-.") && s.find(".e") == s.npos && s.find(".E") == s.npos;
  if (!o.strings && plain && !zero && !minus && parse_number(s, d)) return std::string(s);
  if (!o.strings && (s == "true" || s == "false")) return std::string(s);
  std::string out;
  jq::write_string(out, jq::valid_utf8(s));
  return out;
}

void json(const ToOptions& o, Table& t, Output& out, bool lines) {
  csv::Record r;
  std::vector<std::string> names;
  for (const std::string& name : t.headers()) {
    jq::write_string(names.emplace_back(), jq::valid_utf8(name));
  }
  bool first = true;
  if (!lines) out.write("[");
  while (t.next(r)) {
    if (!lines) out.write(first ? "\n  " : ",\n  ");
    first = false;
    out.write("{");
    for (size_t i = 0; i < r.size(); i++) {
      if (lines) out.write(i ? "," : "");
      else out.write(i ? ",\n    " : "\n    ");
      out.write(names[i]);
      out.write(lines ? ":" : ": ");
      out.write(json_field(o, r[i]));
    }
    out.write(lines ? "}\n" : r.empty() ? "}" : "\n  }");
  }
  if (!lines) out.write(first ? "]\n" : "\n]\n");
}

void markdown(Table& t, Output& out) {
  auto cell = [&](std::string_view s) {
    out.put(' ');
    for (char c : s) {
      if (c == '|') out.write("\\|");
      else if (c == '\n') out.write("<br>");
      else if (c != '\r') out.put(c);
    }
    out.write(" |");
  };
  out.put('|');
  for (const std::string& h : t.headers()) cell(h);
  out.write("\n|");
  for (size_t i = 0; i < t.width(); i++) out.write(" --- |");
  out.put('\n');
  csv::Record r;
  while (t.next(r)) {
    out.put('|');
    for (std::string_view f : r) cell(f);
    out.put('\n');
  }
}

void html(Table& t, Output& out) {
  auto cell = [&](const char* tag, std::string_view s) {
    out.write(std::string("      <") + tag + ">");
    for (char c : s) {
      if (c == '<') out.write("&lt;");
      else if (c == '>') out.write("&gt;");
      else if (c == '&') out.write("&amp;");
      else if (c == '"') out.write("&quot;");
      else out.put(c);
    }
    out.write(std::string("</") + tag + ">\n");
  };
  out.write("<table>\n  <thead>\n    <tr>\n");
  for (const std::string& h : t.headers()) cell("th", h);
  out.write("    </tr>\n  </thead>\n  <tbody>\n");
  csv::Record r;
  while (t.next(r)) {
    out.write("    <tr>\n");
    for (std::string_view f : r) cell("td", f);
    out.write("    </tr>\n");
  }
  out.write("  </tbody>\n</table>\n");
}

int to(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<ToOptions> kFlags[] = {NACRE_XAN_FLAGS(ToOptions), {0, "strings", &ToOptions::strings}, {0, "nulls", &ToOptions::nulls}};
  ToOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.operands.empty()) return missing_operand(p);
  if (auto over = no_more_operands(p, o, 2)) return *over;
  const std::string& format = o.operands[0];
  const bool lines = format == "jsonl" || format == "ndjson";
  if (!lines && format != "json" && format != "md" && format != "html" && format != "txt")
    return fail(p, "to: unknown format '" + format + "' (json, jsonl, ndjson, md, html, txt)");
  auto t = Table::open(p, o, file_operand(o, 1));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  if (format == "md") {
    markdown(*t, sink.out());
  } else if (format == "html") {
    html(*t, sink.out());
  } else if (format == "txt") {
    if (t->width() > 1) return fail(p, "to txt: the file has " + std::to_string(t->width()) + " columns; select one");
    csv::Record r;
    while (t->next(r)) sink.out().line(r[0]);
  } else {
    json(o, *t, sink.out(), lines);
  }
  return sink.finish(t->status());
}

// ---- from

struct FromOptions : Options {
  std::string format, column = "value";
};

class FromJson {
 public:
  FromJson(Process& p, csv::Writer& w) : p_(p), w_(w) {}

  int run(Input& in) {
    jq::JsonReader reader;
    jq::Value v;
    bool done = false;
    while (!done) {
      switch (reader.next(v)) {
        case jq::Read::Value:
          p_.tick();
          if (!take(v)) return 1;
          break;
        case jq::Read::Error: return fail(p_, "from: " + reader.error());
        case jq::Read::End: done = true; break;
        case jq::Read::More:
          in.consume(given_);
          std::string_view block = in.block();
          given_ = block.size();
          if (block.empty()) reader.finish();
          else reader.feed(block);
      }
    }
    flush();
    return report_read_error(p_, in) ? 1 : 0;
  }

 private:
  /// An array's elements, or one record.
  bool take(const jq::Value& v) {
    if (!v.is_array()) return record(v);
    for (size_t i = 0; i < v.size(); i++)
      if (!record(v.at(i))) return false;
    return true;
  }

  /// Nested objects become columns named a.b; arrays and the like are JSON text.
  void flatten(const jq::Value& v, const std::string& name) {
    if (v.is_object() && v.size() > 0) {
      jq::each_entry(v, [&](const jq::Value& key, const jq::Value& value) {
        std::string inner = name.empty() ? std::string(key.str()) : name + "." + std::string(key.str());
        deep_call([&] { flatten(value, inner); });
      });
      return;
    }
    auto [it, fresh] = columns_.try_emplace(name, names_.size());
    if (fresh) {
      names_.push_back(name);
      late_ |= begun_;
    }
    row_.resize(std::max(row_.size(), it->second + 1));
    row_[it->second] = v.is_null() ? "" : v.is_string() ? std::string(v.str()) : jq::to_json(v);
  }

  bool record(const jq::Value& v) {
    if (!v.is_object()) return fail(p_, "from: a record is an object, not " + jq::brief(v)), false;
    row_.clear();
    flatten(v, "");
    if (late_) return fail(p_, "from: a column '" + names_.back() + "' appears after the first " + std::to_string(kSample) + " records"), false;
    if (begun_) {
      put(row_);
    } else {
      sample_.push_back(row_);
      if (sample_.size() == kSample) flush();
    }
    return true;
  }

  void put(csv::Row& row) {
    row.resize(names_.size());
    w_.row(row);
  }

  void flush() {
    if (begun_) return;
    begun_ = true;
    if (!names_.empty()) w_.row(names_);
    for (csv::Row& row : sample_) put(row);
    sample_.clear();
  }

  static constexpr size_t kSample = 512;   // records whose keys become the columns
  Process& p_;
  csv::Writer& w_;
  size_t given_ = 0;
  std::map<std::string, size_t> columns_;
  csv::Row names_, row_;
  std::vector<csv::Row> sample_;
  bool begun_ = false, late_ = false;
};

int from(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<FromOptions> kFlags[] = {
      {'f', "format", &FromOptions::format}, {'o', "output", &FromOptions::output}, {'c', "column", &FromOptions::column}};
  FromOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  std::string file = file_operand(o, 0);
  if (o.format.empty()) {
    size_t dot = file.rfind('.');
    o.format = dot == file.npos ? "" : file.substr(dot + 1);
  }
  const bool json = o.format == "json" || o.format == "jsonl" || o.format == "ndjson";
  if (!json && o.format != "txt")
    return fail(p, o.format.empty() ? "from: the format is not known; say it with -f" : "from: unknown format '" + o.format + "' (json, jsonl, ndjson, txt)");
  auto in = open_input(p, file);
  Sink sink(p, o);
  if (!in || !sink.good()) return 1;
  csv::Writer w(sink.out());
  if (json) return sink.finish(FromJson(p, w).run(*in));
  w.row(csv::Row{o.column});
  std::string_view line;
  while (in->next_line(line)) w.row(csv::Record{line.ends_with('\r') ? line.substr(0, line.size() - 1) : line});
  return sink.finish(report_read_error(p, *in) ? 1 : 0);
}

}  // namespace

constexpr Sub kTo{"to",
                  "Usage: xan to FORMAT [--strings] [--nulls] [FILE]\nConvert to json, jsonl (ndjson), md, html or txt.\n\n      --strings   json: every field "
                  "is a string\n      --nulls     json: empty fields are null\n",
                  to};
constexpr Sub kFrom{"from",
                    "Usage: xan from [-f FORMAT] [-c NAME] [FILE]\nConvert from json, jsonl (ndjson) or txt. The format is told by the name of FILE without "
                    "-f.\n\n  -c, --column NAME   txt: the name of the column (value)\n",
                    from};

}  // namespace nacre::xan
