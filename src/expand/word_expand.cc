// Words: parts in order, brace expansion, splitting into fields.
#include <utility>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <deque>

#include "base/deep_call.h"
#include "base/utf8.h"
#include "expand/fields.h"

namespace nacre {

void Expander::refresh() {
  const Variable* ifs = vars_.find(sym::kIFS);
  bool set = ifs && ifs->is_set();
  ifs_ = set ? ifs->text() : " \t\n";
  ifs_default_ = ifs_ == " \t\n";
  utf8_ = false;
  for (Symbol s : {sym::kLC_ALL, sym::kLC_CTYPE, sym::kLANG}) {
    const Variable* v = vars_.find(s);
    if (!v || !v->is_set() || v->text().empty()) continue;
    const std::string& t = v->text();
    utf8_ = t.find("UTF-8") != t.npos || t.find("utf8") != t.npos || t.find("utf-8") != t.npos;
    break;
  }
  has_ifs_first_ = !ifs_.empty();
  ifs_first_ = has_ifs_first_ ? ifs_.substr(0, utf8_ ? utf8::decode(ifs_).length : 1) : "";
  ifs_wide_ = utf8_ && std::any_of(ifs_.begin(), ifs_.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void Expander::refresh_if_changed() {
  const Variable* ifs = vars_.find(sym::kIFS);
  bool set = ifs && ifs->is_set();
  if (set ? ifs->text() != ifs_ : !ifs_default_) return refresh();
  for (Symbol s : {sym::kLC_ALL, sym::kLC_CTYPE, sym::kLANG}) {
    const Variable* v = vars_.find(s);
    if (v && v->is_set()) return refresh();
  }
}

void Expander::copy_settings(const Expander& o) {
  ifs_ = o.ifs_;
  ifs_default_ = o.ifs_default_;
  ifs_first_ = o.ifs_first_;
  has_ifs_first_ = o.has_ifs_first_;
  ifs_wide_ = o.ifs_wide_;
  utf8_ = o.utf8_;
}

bool Expander::fail(Failure f, const std::string& message) {
  if (!message.empty()) host_.error(message);
  if (failure_ < f) failure_ = f;
  return false;
}

bool Expander::report(Failure f, const std::string& message) { return fail(host_.report(message) ? Failure::Exit : f, ""); }

bool Expander::expand_part(const ir::Part& p, Fields& f) {
  switch (p.kind) {
    case ir::PartKind::Text:
      if (p.quoted) f.append_quoted(p.text);
      else f.append_unquoted(p.text, p.glob);
      return true;
    case ir::PartKind::Param: {
      bool started = f.started;
      size_t size = f.text.size();
      if (!deep_call([&] { return param(p, f); })) return false;
      bool list = p.param->special == '@' || p.param->subscript == ast::SubscriptKind::At;
      if (p.weak && !list && f.text.size() == size) f.started = started;
      return true;
    }
    case ir::PartKind::Command: {
      std::string out;
      if (!host_.command_substitution(p, &out)) return fail(Failure::Command, "");
      if (p.quoted && p.weak && out.empty()) return true;
      if (p.quoted) f.append_quoted(out);
      else f.append_split(out);
      return true;
    }
    case ir::PartKind::Arith: {
      int64_t n = 0;
      if (!deep_call([&] { return arith(*p.arith, &n); })) return failure_ == Failure::Discard ? fail(expansion_error(), "") : false;
      char buffer[24];
      auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
      std::string_view s(buffer, static_cast<size_t>(end - buffer));
      if (p.quoted) f.append_quoted(s);
      else f.append_split(s);
      return true;
    }
    case ir::PartKind::Process: {
      std::string path;
      if (!host_.process_substitution(p, &path)) return fail(Failure::Command, "");
      f.append_quoted(path);
      return true;
    }
    case ir::PartKind::Tilde: {
      bool found = false;
      std::string home = host_.home_of(p.text, &found);
      if (found) f.append_quoted(home);
      else f.append_unquoted("~" + std::string(p.text), false);
      return true;
    }
  }
  return true;
}

bool Expander::expand_parts(ir::Seq<ir::Part> parts, Fields& f) {
  for (const ir::Part& p : parts) {
    if (!expand_part(p, f)) return false;
  }
  return true;
}

const std::string* Expander::plain_value(const ir::Param& p) const {
  if (!p.plain) return nullptr;
  if (p.kind == ir::ParamKind::Variable) {
    const Variable* v = vars_.find(p.symbol);
    return v && !v->dynamic && !v->has(kNameref) && v->is_set() ? &v->text() : nullptr;
  }
  if (p.kind != ir::ParamKind::Positional) return nullptr;
  const std::vector<std::string>& args = host_.positional();
  return static_cast<size_t>(p.position) <= args.size() ? &args[static_cast<size_t>(p.position) - 1] : nullptr;
}

const std::string* Expander::simple_value(ir::Seq<ir::Part> parts) const {
  if (parts.size() != 1 || parts[0].kind != ir::PartKind::Param || parts[0].weak) return nullptr;
  constexpr size_t kLong = 4096;   // those are charged for
  const std::string* value = plain_value(*parts[0].param);
  return value && value->size() < kLong ? value : nullptr;
}

bool Expander::expand_word_fields(ir::Seq<ir::Part> parts, std::vector<std::string>* out, bool) {
  if (const std::string* value = simple_value(parts); value && (parts[0].quoted || (ifs_default_ && Fields::is_plain(*value)))) {
    if (parts[0].quoted || !value->empty()) out->push_back(*value);
    return true;
  }
  Fields f{Fields::Mode::Split};
  f.out = out;
  f.expander = this;
  f.whole = std::any_of(parts.begin(), parts.end(), [](const ir::Part& p) { return p.whole; });
  if (!expand_parts(parts, f)) return false;
  f.end_field();
  return failure_ == Failure::None;
}

bool Expander::fields(const ir::Word& word, std::vector<std::string>* out) {
  if (word.literal) {
    if (!word.text.empty() || word.quoted) out->emplace_back(word.text);
    return true;
  }
  if (!word.braces.empty() && options_[Option::BraceExpand]) return expand_braces(word, out);
  return expand_word_fields(word.parts, out, true);
}

namespace {

std::string range_text(const ir::Brace& b, int64_t n) {
  if (b.characters) return std::string(1, static_cast<char>(n));
  std::string s = std::to_string(n < 0 ? -static_cast<uint64_t>(n) : static_cast<uint64_t>(n));
  int width = b.width - (n < 0 ? 1 : 0);
  if (static_cast<int>(s.size()) < width) s.insert(0, static_cast<size_t>(width) - s.size(), '0');
  return n < 0 ? "-" + s : s;
}

}  // namespace

/// Enumerates the concatenations depth first, leftmost slowest, without ever
/// holding more than one.
bool Expander::brace_step(ir::Seq<ir::Brace> seq, size_t i, std::vector<ir::Part>& done, const std::function<bool()>& emit) {
  if (i == seq.size()) return deep_call(emit);
  const ir::Brace& b = seq[i];
  size_t mark = done.size();
  auto next = [&] { return brace_step(seq, i + 1, done, emit); };
  switch (b.kind) {
    case ir::Brace::Kind::Parts:
      done.insert(done.end(), b.parts.begin(), b.parts.end());
      if (!next()) return false;
      done.resize(mark);
      return true;
    case ir::Brace::Kind::Alternatives:
      for (ir::Seq<ir::Brace> alternative : b.alternatives) {
        if (!deep_call([&] { return brace_step(alternative, 0, done, next); })) return false;
        done.resize(mark);
      }
      return true;
    case ir::Brace::Kind::Range: {
      int64_t n = b.first;
      while (true) {
        host_.tick(1);
        // What stands between the cases of ASCII includes a backquote, which
        // bash takes for the start of a command substitution if more follows.
        if (b.characters && n == '`' && i + 1 < seq.size()) return report(Failure::Discard, "bad substitution: no closing \"`\" in `");
        std::string text = range_text(b, n);
        ir::Part p{ir::PartKind::Text};
        p.text = text;
        if (text == "\\") {
          // It quotes what follows, here nothing.
          p.text = "";
          p.quoted = true;
        }
        done.push_back(p);
        if (!next()) return false;
        done.resize(mark);
        uint64_t left = b.first <= b.last ? static_cast<uint64_t>(b.last) - static_cast<uint64_t>(n) : static_cast<uint64_t>(n) - static_cast<uint64_t>(b.last);
        if (left < static_cast<uint64_t>(b.step)) return true;
        n = b.first <= b.last ? n + b.step : n - b.step;
      }
    }
  }
  return true;
}

namespace {

/// Brace expansion comes before parameters are read, so text that it puts
/// behind $name continues the name: $a{b,c} means $ab $ac.
void join_names(std::vector<ir::Part>& parts, std::deque<ir::Param>& names, Symbols& symbols) {
  for (size_t i = 0; i + 1 < parts.size(); i++) {
    const ir::Param* p = parts[i].param;
    bool open = parts[i].kind == ir::PartKind::Param && p->kind == ir::ParamKind::Variable && p->raw.size() == p->name.size() + 1;
    if (!open || parts[i].quoted) continue;
    std::string name(p->name);
    while (i + 1 < parts.size() && parts[i + 1].kind == ir::PartKind::Text && !parts[i + 1].quoted) {
      std::string_view& text = parts[i + 1].text;
      size_t n = 0;
      while (n < text.size() && (std::isalnum(static_cast<unsigned char>(text[n])) || text[n] == '_')) n++;
      name += text.substr(0, n);
      text.remove_prefix(n);
      if (!text.empty()) break;
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(i) + 1);
    }
    if (name == p->name) continue;
    ir::Param& longer = names.emplace_back(*p);
    longer.symbol = symbols.intern(name);
    longer.name = symbols.name(longer.symbol);
    parts[i].param = &longer;
  }
}

}  // namespace

/// Brace expansion comes before tilde expansion, so a tilde-prefix may be made by it: ~{a,b}, {~,x}/y.
/// `text` keeps what the parts then point to.
static void find_tilde(std::vector<ir::Part>& parts, std::string& text) {
  auto plain = [](const ir::Part& p) { return p.kind == ir::PartKind::Text && !p.quoted; };
  if (parts.empty() || !plain(parts[0]) || !parts[0].text.starts_with('~')) return;
  size_t used = 0, slash = text.npos;
  while (used < parts.size() && slash == text.npos) {
    if (!plain(parts[used])) return;   // a prefix that holds quotes or expansions is none
    text += parts[used++].text;
    slash = text.find('/');
  }
  std::vector<ir::Part> now(1, parts[0]);
  const std::string_view whole = text;
  now[0].kind = ir::PartKind::Tilde;
  now[0].text = whole.substr(1, slash == text.npos ? slash : slash - 1);
  if (slash != text.npos) {
    now.push_back(parts[used - 1]);
    now.back().text = whole.substr(slash);
  }
  now.insert(now.end(), parts.begin() + static_cast<ptrdiff_t>(used), parts.end());
  parts = std::move(now);
}

bool Expander::expand_braces(const ir::Word& word, std::vector<std::string>* out) {
  std::vector<ir::Part> parts;
  return brace_step(word.braces, 0, parts, [&] {
    host_.tick(1);
    std::vector<ir::Part> joined = parts;
    std::deque<ir::Param> names;
    join_names(joined, names, vars_.symbols());
    std::string tilde;
    find_tilde(joined, tilde);
    return expand_word_fields(joined, out, true);
  });
}

bool Expander::string(const ir::Word& word, std::string* out) {
  if (word.literal) {
    *out = word.text;
    return true;
  }
  if (const std::string* value = simple_value(word.parts)) {
    *out = *value;
    return true;
  }
  Fields f{Fields::Mode::String};
  f.expander = this;
  if (!expand_parts(word.parts, f)) return false;
  *out = std::move(f.text);
  return true;
}

bool Expander::here_document(const ir::Word& word, std::string* out) {
  bool outer = std::exchange(in_here_document_, true);
  bool ok = string(word, out);
  in_here_document_ = outer;
  return ok;
}

bool Expander::pattern(const ir::Word& word, std::string* out) {
  Fields f{Fields::Mode::Pattern};
  f.expander = this;
  if (!expand_parts(word.parts, f)) return false;
  *out = std::move(f.text);
  return true;
}

std::optional<std::string_view> Expander::pattern_view(const ir::Word& word, std::string* buffer) {
  if (word.parts.size() == 1 && word.parts[0].kind == ir::PartKind::Text && !word.parts[0].quoted) return word.parts[0].text;
  if (!pattern(word, buffer)) return std::nullopt;
  return *buffer;
}

bool Expander::regex(const ir::Word& word, std::string* out) {
  Fields f{Fields::Mode::Regex};
  f.expander = this;
  if (!expand_parts(word.parts, f)) return false;
  *out = std::move(f.text);
  return true;
}

bool Expander::single_field(const ir::Word& word, std::string* out) {
  std::vector<std::string> list;
  if (!fields(word, &list)) return false;
  if (list.size() != 1) {
    std::string raw = word.ast ? std::string(word.ast->raw) : std::string();
    return fail(Failure::Command, raw + ": ambiguous redirect");
  }
  *out = std::move(list[0]);
  return true;
}

void Expander::split(std::string_view text, std::vector<std::string>* out) {
  Fields f{Fields::Mode::Split};
  f.out = out;
  f.expander = this;
  f.append_split(text);
  f.has_glob = false;
  f.end_field();
}

}  // namespace nacre
