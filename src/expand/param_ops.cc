// Operators that change a value: # % / ^ , ~ @X, on one value or each of a list.
#include <algorithm>
#include <cstring>
#include <tuple>

#include "algo/glob.h"
#include "algo/quote.h"
#include "algo/unicode.h"
#include "base/run_watch.h"
#include "base/utf8.h"
#include "expand/fields.h"
#include "expand/param_target.h"
#include "syntax/ansi_quote.h"

namespace nacre {

uint32_t Expander::glob_flags() const {
  uint32_t flags = 0;
  if (options_[Option::ExtGlob]) flags |= kGlobExtended;
  if (options_[Option::NoCaseMatch]) flags |= kGlobFoldCase;
  if (utf8_) flags |= kGlobUtf8;
  return flags;
}

const std::shared_ptr<const Glob>& Expander::compiled(std::string_view pattern, uint32_t flags) {
  if (!compiled_) compiled_ = std::make_unique<std::array<Compiled, 64>>();
  uint64_t head = 0, tail = 0;
  if (!pattern.empty()) std::memcpy(&head, pattern.data(), std::min(pattern.size(), sizeof head));
  if (pattern.size() > sizeof head) std::memcpy(&tail, pattern.data() + pattern.size() - sizeof tail, sizeof tail);
  const uint64_t hash = (head ^ (tail << 1) ^ pattern.size() ^ (uint64_t{flags} << 32)) * 0x9e3779b97f4a7c15u;
  Compiled& slot = (*compiled_)[hash >> 58];
  static_assert(std::tuple_size_v<std::remove_reference_t<decltype(*compiled_)>> == 1u << (64 - 58));
  if (slot.glob && slot.flags == flags && slot.pattern == pattern) return slot.glob;
  slot = {std::string(pattern), flags, std::make_shared<const Glob>(Glob::compile(pattern, flags))};
  return slot.glob;
}

bool Expander::matches(std::string_view pattern, std::string_view text, uint32_t extra_flags) {
  return compiled(pattern, glob_flags() | extra_flags)->match(text);
}

namespace {

void append_replacement(std::string& out, std::string_view replacement, std::string_view match, bool ampersand) {
  if (!ampersand) {
    for (size_t i = 0; i < replacement.size(); i++) {
      if (replacement[i] == '\\' && i + 1 < replacement.size() && (replacement[i + 1] == '&' || replacement[i + 1] == '\\')) i++;
      out += replacement[i];
    }
    return;
  }
  for (size_t i = 0; i < replacement.size(); i++) {
    char c = replacement[i];
    if (c == '\\' && i + 1 < replacement.size() && (replacement[i + 1] == '&' || replacement[i + 1] == '\\')) {
      out += replacement[++i];
    } else if (c == '&') {
      out += match;
    } else {
      out += c;
    }
  }
}

std::string change_case(std::string_view s, ast::ParamOp op, const Glob* pattern, bool utf8) {
  using Op = ast::ParamOp;
  bool first_only = op == Op::UpperFirst || op == Op::LowerFirst || op == Op::ToggleFirst;
  std::string out;
  uint32_t rounds = 0;
  for (size_t i = 0; i < s.size();) {
    if ((++rounds & 8191) == 0 && should_stop()) break;
    utf8::Char c = utf8 ? utf8::decode(s.substr(i)) : utf8::Char{static_cast<uint8_t>(s[i]), 1, static_cast<uint8_t>(s[i]) < 0x80};
    std::string_view bytes = s.substr(i, c.length);
    bool wanted = (!first_only || i == 0) && c.valid && (!pattern || pattern->match(bytes));
    if (wanted) {
      uint32_t up = to_upper(c.code), low = to_lower(c.code);
      bool raise = op == Op::UpperFirst || op == Op::UpperAll || ((op == Op::ToggleFirst || op == Op::ToggleAll) && up != c.code);
      utf8::append(out, raise ? up : low);
    } else {
      out += bytes;
    }
    i += c.length;
  }
  return out;
}

}  // namespace

bool Expander::replace_in(const ir::Param& p, std::string& value, const Glob& glob, const std::string& replacement) {
  using Op = ast::ParamOp;
  bool ampersand = options_[Option::PatSubReplacement];
  std::string out;
  if (p.op == Op::ReplacePrefix || p.op == Op::ReplaceSuffix) {
    size_t at = p.op == Op::ReplacePrefix ? glob.longest_prefix(value) : glob.longest_suffix(value);
    if (at == Glob::npos) return true;
    std::string_view whole = value;
    if (p.op == Op::ReplacePrefix) {
      append_replacement(out, replacement, whole.substr(0, at), ampersand);
      out += whole.substr(at);
    } else {
      out = whole.substr(0, at);
      append_replacement(out, replacement, whole.substr(at), ampersand);
    }
    value = std::move(out);
    return true;
  }
  size_t from = 0;
  std::string_view text = value;
  Glob::Span span{};
  // An empty pattern matches nothing here, and an empty text only patterns that match it.
  while (from <= text.size() && glob.find(text, from, span)) {
    if (span.end == span.begin && !text.empty()) {
      if (span.begin >= text.size()) break;
      out += text.substr(from, span.begin - from);
      append_replacement(out, replacement, "", ampersand);
      out += text[span.begin];
      from = span.begin + 1;
    } else {
      out += text.substr(from, span.begin - from);
      append_replacement(out, replacement, text.substr(span.begin, span.end - span.begin), ampersand);
      from = span.end;
    }
    host_.tick(1);
    if (p.op == Op::Replace || from >= text.size()) break;
  }
  out += text.substr(std::min(from, text.size()));
  value = std::move(out);
  return true;
}

bool Expander::edit(const ir::Param& p, Target& t) {
  using Op = ast::ParamOp;
  std::string made, replacement;
  std::string_view pattern_text;
  if (p.arg) {
    auto view = pattern_view(*p.arg, &made);
    if (!view) return false;
    pattern_text = *view;
  }
  if (p.arg2) {
    Fields f{Fields::Mode::Replacement};
    f.expander = this;
    if (!expand_parts(p.arg2->parts, f)) return false;
    replacement = std::move(f.text);
  }
  bool case_op = p.op >= Op::UpperFirst && p.op <= Op::ToggleAll;
  bool replacing = p.op >= Op::Replace && p.op <= Op::ReplaceSuffix;
  bool remove = p.op >= Op::RemovePrefix && p.op <= Op::RemoveLongSuffix;
  if (replacing && pattern_text.empty() && (p.op == Op::Replace || p.op == Op::ReplaceAll)) return true;
  uint32_t flags = glob_flags();
  if (remove || case_op) flags &= ~static_cast<uint32_t>(kGlobFoldCase);
  if (case_op) flags |= kGlobExtended;
  const std::shared_ptr<const Glob> kept = compiled(case_op && pattern_text.empty() ? "?" : pattern_text, flags);
  const Glob& glob = *kept;
  auto one = [&](std::string& value) {
    // Charged by what is looked at: a cancel must not wait for thousands of long values.
    host_.tick(static_cast<uint32_t>(1 + value.size() / 8));
    if (case_op) {
      value = change_case(value, p.op, pattern_text.empty() ? nullptr : &glob, utf8_);
    } else if (replacing) {
      replace_in(p, value, glob, replacement);
    } else {
      size_t at = p.op == Op::RemovePrefix       ? glob.shortest_prefix(value)
                  : p.op == Op::RemoveLongPrefix ? glob.longest_prefix(value)
                  : p.op == Op::RemoveSuffix     ? glob.shortest_suffix(value)
                                                 : glob.longest_suffix(value);
      if (at == Glob::npos) return;
      if (p.op == Op::RemovePrefix || p.op == Op::RemoveLongPrefix) value.erase(0, at);
      else value.resize(at);
    }
  };
  if (!t.is_list) {
    if (t.set) one(t.scalar);
  } else {
    for (std::string& value : t.list) one(value);
  }
  return true;
}

// ---------------------------------------------------------------- @X

std::string Expander::attribute_letters(const Variable& v) {
  std::string out;
  if (v.has(kIndexed)) out += 'a';
  if (v.has(kAssoc)) out += 'A';
  if (v.has(kInteger)) out += 'i';
  if (v.has(kNameref)) out += 'n';
  if (v.has(kReadonly)) out += 'r';
  if (v.has(kTrace)) out += 't';
  if (v.has(kExported)) out += 'x';
  if (v.has(kCapital)) out += 'c';
  if (v.has(kLower)) out += 'l';
  if (v.has(kUpper)) out += 'u';
  return out;
}

std::string Expander::compound_text(const Variable& v) {
  std::string out = "(";
  bool first = true, ended = false;
  uint32_t count = 0;
  auto item = [&](const std::string& key, const std::string& value) {
    if ((++count & 0x3ff) == 0) ended = ended || should_stop();
    if (ended) return;
    if (!first) out += ' ';
    first = false;
    out += "[" + key + "]=" + bash_double_quote(value, utf8_);
  };
  if (const IndexedArray* a = v.indexed_or_null()) {
    for (const auto& e : a->elements()) item(std::to_string(e.index), e.value);
  } else if (const AssocArray* m = v.assoc_or_null()) {
    m->each([&](const std::string& key, const std::string& value) { item(quote_key(key), value); });
    if (!first) out += ' ';
  }
  return out + ")";
}

std::string Expander::quote_key(const std::string& key) {
  if (needs_ansi_quote(key, utf8_)) return bash_ansi_quote(key, utf8_);
  bool special = key.empty() || key == "@" || key == "*" || key.find_first_of(" \t\n'\"\\|&;()<>!{}*[?]^$`#~") != key.npos;
  return special ? bash_double_quote(key, utf8_) : key;
}

std::string Expander::transform_value(char op, std::string_view value) {
  switch (op) {
    case 'Q': return bash_single_quote(value, utf8_);
    case 'E': return ansi_decode(value);
    case 'P': return host_.prompt_string(std::string(value));
    case 'U': return change_case(value, ast::ParamOp::UpperAll, nullptr, utf8_);
    case 'u': return change_case(value, ast::ParamOp::UpperFirst, nullptr, utf8_);
    case 'L': return change_case(value, ast::ParamOp::LowerAll, nullptr, utf8_);
    default: return std::string(value);
  }
}

bool Expander::transform(const ir::Param& p, Target& t) {
  char op = p.transform;
  if (!op) return !t.set || fail(Failure::Exit, std::string(p.raw) + ": bad substitution");
  std::string letters = t.variable ? attribute_letters(*t.variable) : "";
  std::string name = t.symbol ? vars_.symbols().name(vars_.resolve(t.symbol)) : std::string(p.name);
  if (op == 'a') {
    if (t.is_list) {
      for (std::string& v : t.list) v = letters;
    } else {
      t.scalar = letters;
      t.set = t.variable != nullptr;
    }
    return true;
  }
  if (op == 'A') {
    if (t.positional) {
      if (t.list.empty()) return true;
      for (std::string& v : t.list) v = bash_single_quote(v, utf8_);
      t.list.insert(t.list.begin(), {"set", "--"});
      return true;
    }
    if (!t.variable) {
      t.scalar.clear();
      t.set = false;
      return true;
    }
    std::string declare = letters.empty() ? "" : "declare -" + letters + " ";
    if (t.is_list) {
      // Words of their own, so that "${a[@]@A}" gives three fields.
      const Variable& v = *t.variable;
      bool has_value = v.is_array() ? v.indexed_or_null() || v.assoc_or_null() : v.is_set();
      t.list.clear();
      if (!letters.empty()) t.list = {"declare", "-" + letters};
      t.list.push_back(name);
      if (has_value) t.list.back() += "=" + (v.is_array() ? compound_text(v) : bash_single_quote(v.text(), utf8_));
      t.set = true;
    } else if (t.set) {
      t.scalar = declare + name + "=" + bash_single_quote(t.scalar, utf8_);
    } else if (!letters.empty()) {
      t.scalar = declare + name;
      t.set = true;
    }
    return true;
  }
  if (op == 'K' || op == 'k') {
    if (t.is_list && t.variable && t.variable->is_array()) {
      std::vector<std::string> k;
      keys(*t.variable, &k);
      std::vector<std::string> out;
      std::string joined;
      for (size_t i = 0; i < k.size(); i++) {
        if (op == 'k') {
          out.push_back(k[i]);
          out.push_back(t.list[i]);
        } else {
          if (i) joined += ' ';
          joined += (t.variable->has(kAssoc) ? quote_key(k[i]) : k[i]) + " " + bash_double_quote(t.list[i], utf8_);
        }
      }
      if (op == 'k') {
        t.list = std::move(out);
      } else {
        if (t.variable->has(kAssoc) && !k.empty()) joined += ' ';
        t.is_list = false;
        t.scalar = joined;
      }
      return true;
    }
    op = 'Q';
  }
  if (t.is_list) {
    for (std::string& v : t.list) v = transform_value(op, v);
  } else if (t.set) {
    t.scalar = transform_value(op, t.scalar);
  }
  return true;
}

}  // namespace nacre
