#include "algo/toml_reader.h"

namespace {
void toml_promise_broken(const char* what);
}

// toml++ asserts what some texts break ("[:").
#define TOML_ASSERT(expr) ((expr) ? void() : toml_promise_broken(#expr))
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/deep_call.h"

namespace {

struct BrokenPromise {};

void toml_promise_broken(const char* what) {
  // What begins a key is looked at again, and then it is an error with its place.
  if (!std::string_view(what).starts_with("is_bare_key_character(*cp) || is_string_delimiter(*cp)")) throw BrokenPromise();
}

}  // namespace

namespace nacre {
namespace {

class Converter {
 public:
  explicit Converter(std::string_view text) {
    while (true) {
      size_t end = text.find('\n');
      lines_.push_back(text.substr(0, end));
      if (end == text.npos) break;
      text.remove_prefix(end + 1);
    }
  }

  void value(const toml::node& n, TomlValue& out) const {
    out.line = n.source().begin.line;
    if (const toml::table* t = n.as_table()) {
      out.type = TomlValue::Type::Table;
      out.inline_table = t->is_inline();
      std::vector<std::pair<const toml::key*, const toml::node*>> order;
      for (auto&& [k, v] : *t) order.emplace_back(&k, &v);
      std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) {
        auto place = [](auto& e) { return e.first->source().begin; };
        return place(a) < place(b);
      });
      for (auto& [k, v] : order) {
        out.names.emplace_back(k->str());
        out.name_lines.push_back(k->source().begin.line);
        out.items.emplace_back();
        deep_call([&, node = v] { value(*node, out.items.back()); });
      }
    } else if (const toml::array* a = n.as_array()) {
      out.type = TomlValue::Type::Array;
      for (auto&& v : *a) {
        out.items.emplace_back();
        deep_call([&] { value(v, out.items.back()); });
      }
    } else {
      scalar(n, out);
    }
  }

 private:
  void scalar(const toml::node& n, TomlValue& out) const {
    if (auto* s = n.as_string()) {
      out.type = TomlValue::Type::String;
      out.text = s->get();
    } else if (auto* b = n.as_boolean()) {
      out.type = TomlValue::Type::Boolean;
      out.text = b->get() ? "true" : "false";
    } else if (auto* i = n.as_integer()) {
      out.type = TomlValue::Type::Integer;
      out.text = std::to_string(i->get());
    } else if (auto* f = n.as_floating_point()) {
      out.type = TomlValue::Type::Float;
      char buffer[400];
      auto r = std::to_chars(buffer, buffer + sizeof buffer, f->get());
      out.text = written(n, std::string(buffer, r.ptr));
      if (out.text.find("inf") != out.text.npos) out.text = out.text[0] == '-' ? "-.inf" : ".inf";
      else if (out.text.find("nan") != out.text.npos) out.text = ".nan";
    } else {
      out.type = TomlValue::Type::Time;
      out.text = time(n);
    }
  }

  // The text of a scalar where it can be found again, for numbers with their digits.
  std::string written(const toml::node& n, std::string otherwise) const {
    const toml::source_region& at = n.source();
    if (at.begin.line != at.end.line || at.begin.line == 0 || at.begin.line > lines_.size()) return otherwise;
    std::string_view line = lines_[at.begin.line - 1];
    for (char c : line)
      if (static_cast<unsigned char>(c) >= 0x80) return otherwise;
    if (at.begin.column == 0 || at.end.column <= at.begin.column || at.end.column > line.size() + 1) return otherwise;
    std::string s(line.substr(at.begin.column - 1, at.end.column - at.begin.column));
    double d;
    auto r = std::from_chars(s.data() + (s.starts_with('+')), s.data() + s.size(), d);
    return r.ec == std::errc() && r.ptr == s.data() + s.size() ? s : otherwise;
  }

  static std::string time(const toml::node& n) {
    char buffer[80];
    std::string out;
    auto date = [&](const toml::date& d) {
      std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d", d.year, d.month, d.day);
      out += buffer;
    };
    auto clock = [&](const toml::time& t) {
      std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", t.hour, t.minute, t.second);
      out += buffer;
      if (!t.nanosecond) return;
      std::snprintf(buffer, sizeof buffer, ".%09u", t.nanosecond);
      out += buffer;
      while (out.back() == '0') out.pop_back();
    };
    if (auto* d = n.as_date()) date(d->get());
    else if (auto* t = n.as_time()) clock(t->get());
    else if (auto* both = n.as_date_time()) {
      date(both->get().date);
      out += 'T';
      clock(both->get().time);
      if (auto offset = both->get().offset) {
        int minutes = offset->minutes;
        std::snprintf(buffer, sizeof buffer, "%c%02d:%02d", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
        out += minutes ? buffer : "Z";
      }
    }
    return out;
  }

  std::vector<std::string_view> lines_;
};

}  // namespace

// toml++ recurses as deep as values nest (256 at most), in large frames.
bool read_toml(std::string_view text, TomlValue& out, TomlError* error) {
  constexpr size_t kStack = 4 << 20;
  bool good = false;
  on_large_stack(kStack, [&] {
    try {
      toml::parse_result result = toml::parse(text);
      if (result) {
        Converter(text).value(result.table(), out);
        good = true;
        return;
      }
      const toml::parse_error& e = result.error();
      *error = {e.source().begin.line, e.source().begin.column, std::string(e.description())};
    } catch (const BrokenPromise&) {
      *error = {1, 1, "not TOML"};
    }
  });
  return good;
}

bool read_toml(std::string_view text, TomlValue& out, std::string* error) {
  TomlError e;
  if (read_toml(text, out, &e)) return true;
  *error = "line " + std::to_string(e.line) + ": " + e.message;
  return false;
}

}  // namespace nacre
