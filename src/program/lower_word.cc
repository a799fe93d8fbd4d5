// Words: parts with quoting flags, tilde prefixes, brace expansions, arithmetic.
#include <algorithm>
#include <string>
#include <vector>

#include "base/deep_call.h"
#include "program/lower.h"

namespace nacre {
namespace {

bool has_glob(std::string_view s) {
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    if (c == '*' || c == '?' || c == '[') return true;
    // Extended patterns: +( @( !(
    if (c == '(' && i > 0 && (s[i - 1] == '+' || s[i - 1] == '@' || s[i - 1] == '!')) return true;
  }
  return false;
}

}  // namespace

void WordLowering::text(std::string_view s, bool quoted) {
  ir::Part p{ir::PartKind::Text};
  p.text = s;
  p.quoted = quoted;
  p.glob = !quoted && has_glob(s);
  parts_.push_back(p);
}

/// Splits tilde-prefixes off unquoted literal text. `at_start`: the text begins
/// the word. A prefix runs to the first '/' (in values also ':') and must be
/// free of quoting, so it must end within this text or with the word.
void WordLowering::literal(std::string_view s, bool at_start, bool last, bool value) {
  size_t from = 0;
  bool can_start = at_start;
  size_t i = 0;
  while (i < s.size()) {
    if (can_start && s[i] == '~') {
      size_t end = i + 1;
      while (end < s.size() && s[end] != '/' && !(value && s[end] == ':')) end++;
      if (end < s.size() || last) {
        if (i > from) text(s.substr(from, i - from), false);
        ir::Part p{ir::PartKind::Tilde};
        p.text = s.substr(i + 1, end - i - 1);
        p.quoted = true;
        parts_.push_back(p);
        from = i = end;
        can_start = false;
        continue;
      }
    }
    can_start = value && s[i] == ':';
    i++;
  }
  if (from < s.size()) text(s.substr(from), false);
}

namespace {

/// Length of "name=" or "name+=" at the start of s; 0 if it is no assignment.
size_t assignment_prefix(std::string_view s) {
  size_t eq = s.find('=');
  if (eq == s.npos || eq == 0) return 0;
  size_t name = s[eq - 1] == '+' ? eq - 1 : eq;
  return is_name(s.substr(0, name)) ? eq + 1 : 0;
}

}  // namespace

void WordLowering::part(const ast::Part& p, size_t index, size_t count, WordMode mode, bool quoted) {
  switch (p.kind) {
    case ast::PartKind::Literal: {
      if (quoted) return text(p.text, true);
      bool first = index == 0, last = index + 1 == count;
      if (mode == WordMode::Command && first) {
        if (size_t n = assignment_prefix(p.text); n && p.text.find('~') != p.text.npos) {
          text(p.text.substr(0, n), false);
          return literal(p.text.substr(n), true, last, true);
        }
      }
      if (mode == WordMode::Command && first && last && p.text.starts_with('~')) {
        // ~:x is expanded too, and then nothing behind it.
        size_t end = std::min(p.text.find_first_of(":/"), p.text.size());
        literal(p.text.substr(0, end), true, true, false);
        if (end < p.text.size()) text(p.text.substr(end), false);
        return;
      }
      return literal(p.text, first || value_start_, last, mode == WordMode::Value);
    }
    case ast::PartKind::Escaped:
    case ast::PartKind::SingleQuoted:
    case ast::PartKind::AnsiQuoted: return text(p.text, true);
    case ast::PartKind::DoubleQuoted:
      if (p.parts.empty()) return text("", true);
      return double_quoted(p);
    case ast::PartKind::Param: {
      ir::Part out{ir::PartKind::Param};
      out.quoted = quoted;
      out.param = param(*p.param, quoted);
      parts_.push_back(out);
      return;
    }
    case ast::PartKind::CommandSub:
    case ast::PartKind::ProcessSub: {
      ir::Part out{p.kind == ast::PartKind::CommandSub ? ir::PartKind::Command : ir::PartKind::Process};
      out.quoted = quoted;
      out.backquoted = p.backquoted;
      out.printed = p.printed;
      out.direction = p.direction;
      out.line = p.line;
      out.ast = ctx_.arena.make<ast::Part>(p);
      if (p.list) out.list = deep_call([&] { return lower_list(ctx_, *p.list); });
      parts_.push_back(out);
      return;
    }
    case ast::PartKind::ArithSub: {
      ir::Part out{ir::PartKind::Arith};
      out.quoted = quoted;
      out.arith = deep_call([&] { return lower_arith(ctx_, *p.word); });
      parts_.push_back(out);
      return;
    }
  }
}

void WordLowering::double_quoted(const ast::Part& p) {
  size_t mark = parts_.size();
  std::string_view outer = std::exchange(shown_, p.raw);
  for (const ast::Part& inner : p.parts) part(inner, 1, 2, WordMode::Quoted, true);
  shown_ = outer;
  // "$@$x" without parameters and with x empty is no field, "" or not.
  bool list = false, text = false;
  for (size_t i = mark; i < parts_.size(); i++) {
    const ir::Param* param = parts_[i].param;
    text |= parts_[i].kind == ir::PartKind::Text;
    list |= param && param->op == ast::ParamOp::None && !param->length && (param->special == '@' || param->subscript == ast::SubscriptKind::At);
  }
  if (list && !text) {
    for (size_t i = mark; i < parts_.size(); i++) parts_[i].weak = true;
  }
}

const ir::Param* WordLowering::param(const ast::Param& p, bool quoted) {
  auto* out = ctx_.arena.make<ir::Param>();
  out->name = p.name;
  out->raw = p.raw;
  out->length = p.length;
  out->indirect = p.indirect;
  out->colon = p.colon;
  out->op = p.op;
  out->subscript = p.subscript;
  out->transform = p.transform;
  if ((p.op == ast::ParamOp::Bad || (p.op == ast::ParamOp::Transform && !p.transform)) && !shown_.empty()) out->raw = shown_;
  if (is_name(p.name)) {
    out->symbol = ctx_.symbols.intern(p.name);
  } else if (!p.name.empty() && p.name[0] >= '0' && p.name[0] <= '9' && p.name != "0") {
    out->kind = ir::ParamKind::Positional;
    int64_t n = 0;
    for (char c : p.name) n = std::min<int64_t>(n * 10 + (c - '0'), INT32_MAX);
    out->position = static_cast<int>(n);
    if (n == 0) {
      out->kind = ir::ParamKind::Special;
      out->special = '0';
    }
  } else {
    out->kind = ir::ParamKind::Special;
    out->special = p.name.empty() ? '?' : p.name[0];
  }
  if (p.index) {
    out->index = lower_arith(ctx_, *p.index);
    out->key = lower_word(ctx_, *p.index, WordMode::Plain);
  }
  using Op = ast::ParamOp;
  switch (p.op) {
    case Op::Substring:
      if (p.arg) out->offset = lower_arith(ctx_, *p.arg);
      if (p.arg2) out->count = lower_arith(ctx_, *p.arg2);
      break;
    case Op::Default:
    case Op::Assign:
    case Op::Error:
    case Op::Alternate:
      if (p.arg) out->arg = deep_call([&] { return lower_word(ctx_, *p.arg, quoted ? WordMode::Quoted : WordMode::Plain); });
      break;
    default:
      if (p.arg) out->arg = deep_call([&] { return lower_word(ctx_, *p.arg, WordMode::Plain); });
      if (p.arg2) out->arg2 = deep_call([&] { return lower_word(ctx_, *p.arg2, WordMode::Plain); });
  }
  out->plain = !p.length && !p.indirect && p.op == Op::None && p.subscript == ast::SubscriptKind::None;
  return out;
}

/// Joins neighbours of equal quoting, and finds out whether the word is constant.
void WordLowering::finish(ir::Word* w) {
  std::vector<ir::Part> out;
  bool constant = true;
  for (const ir::Part& p : parts_) {
    w->quoted |= p.quoted && (p.kind == ir::PartKind::Text || p.kind == ir::PartKind::Tilde);
    if (p.kind != ir::PartKind::Text) constant = false;
    if (p.kind == ir::PartKind::Text && !out.empty() && out.back().kind == ir::PartKind::Text && out.back().quoted == p.quoted) {
      std::string joined(out.back().text);
      joined += p.text;
      out.back().text = ctx_.arena.copy(joined);
      out.back().glob = !p.quoted && has_glob(joined);
      continue;
    }
    out.push_back(p);
  }
  for (const ir::Part& p : out) w->glob |= p.glob;
  // '[' ... ']' and "@(" may be split over parts; bash looks at the whole word.
  w->parts = ctx_.arena.copy(out);
  if (!constant || w->glob) return;
  std::string whole;
  for (const ir::Part& p : out) whole += p.text;
  w->literal = true;
  w->text = out.size() == 1 ? out[0].text : ctx_.arena.copy(whole);
}

static bool is_open_tilde(const ir::Part& p) { return p.kind == ir::PartKind::Tilde && p.text.find('{') != p.text.npos; }

/// ~{a,b}: the braces come first, and what they make is looked at for a tilde when it is made.
std::vector<ir::Part> WordLowering::with_open_tildes() const {
  std::vector<ir::Part> out = parts_;
  for (ir::Part& p : out) {
    if (!is_open_tilde(p)) continue;
    p.kind = ir::PartKind::Text;
    p.text = ctx_.arena.copy("~" + std::string(p.text));
    p.quoted = false;
  }
  return out;
}

/// bash splits a word by what its last '$' was: where that is a mere character ($x$), not at all.
void WordLowering::mark_whole() {
  bool lone = false;
  for (const ir::Part& p : parts_) {
    if (p.quoted || p.kind == ir::PartKind::Process || p.kind == ir::PartKind::Tilde) continue;
    if (p.kind == ir::PartKind::Text) {
      lone |= p.text.find('$') != p.text.npos;
      continue;
    }
    lone = false;
    if (p.kind != ir::PartKind::Param) continue;
    const ir::Param& x = *p.param;
    if (x.special == '@' || x.special == '*' || x.subscript == ast::SubscriptKind::At || x.subscript == ast::SubscriptKind::Star) return;
  }
  for (ir::Part& p : parts_) p.whole = lone && p.kind != ir::PartKind::Text;
}

const ir::Word* WordLowering::run(const ast::Word& word, WordMode mode) {
  auto* w = ctx_.arena.make<ir::Word>();
  w->ast = &word;
  shown_ = word.raw;
  for (size_t i = 0; i < word.parts.size(); i++) {
    value_start_ = false;
    part(word.parts[i], i, word.parts.size(), mode, mode == WordMode::Quoted);
  }
  if (mode == WordMode::Command || mode == WordMode::Element) mark_whole();
  // Whether braces are expanded is known when the word is: `set +B` may stand on its line.
  bool braces = (mode == WordMode::Command || mode == WordMode::Element) &&
                (std::any_of(parts_.begin(), parts_.end(), is_open_tilde) ? find_braces(ctx_, with_open_tildes(), w) : find_braces(ctx_, parts_, w));
  finish(w);
  if (braces) w->literal = false;
  if (w->literal) w->symbol = mode == WordMode::Command ? ctx_.symbols.intern(w->text) : 0;
  return w;
}

const ir::Word* lower_word(LowerContext& ctx, const ast::Word& word, WordMode mode) { return WordLowering(ctx).run(word, mode); }

// ---------------------------------------------------------------- arithmetic

namespace {

/// Collects arithmetic text: as one string in which expansions are operands,
/// and as parts to expand where that string is no expression by itself.
/// Double quotes are removed, as bash does before it evaluates.
struct ArithLowering {
  LowerContext& ctx;
  std::string text;
  std::vector<const ir::Word*> operands;
  std::vector<ir::Part> parts;
  bool plain = true;

  void literal(std::string_view s) {
    if (s.empty()) return;
    if (s.find(kArithOperand) != s.npos) plain = false;
    text += s;
    ir::Part p{ir::PartKind::Text};
    p.quoted = true;
    p.text = ctx.arena.copy(s);
    parts.push_back(p);
  }

  void part(const ast::Part& p) {
    switch (p.kind) {
      case ast::PartKind::Literal: {
        std::string s(p.text);
        std::erase(s, '"');
        return literal(s);
      }
      case ast::PartKind::Escaped: return literal(p.text);
      // Single quotes mean nothing to arithmetic: they make an error there.
      case ast::PartKind::SingleQuoted: return literal("'" + std::string(p.text) + "'");
      case ast::PartKind::AnsiQuoted: return literal(p.text);
      case ast::PartKind::DoubleQuoted:
        for (const ast::Part& inner : p.parts) part(inner);
        return;
      default: {
        ast::Word single;
        single.parts = {ctx.arena.make<ast::Part>(p), 1};
        const ir::Word* w = lower_word(ctx, *ctx.arena.make<ast::Word>(single), WordMode::Quoted);
        for (const ir::Part& lowered : w->parts) parts.push_back(lowered);
        if (operands.size() >= 200 || w->parts.size() != 1) {
          plain = false;
          return;
        }
        operands.push_back(w);
        text += kArithOperand;
        text += static_cast<char>(operands.size());
      }
    }
  }
};

}  // namespace

const ir::ArithText* lower_arith(LowerContext& ctx, const ast::Word& word) {
  auto* out = ctx.arena.make<ir::ArithText>();
  out->source = word.raw;
  ArithLowering a{ctx, {}, {}, {}};
  for (const ast::Part& p : word.parts) a.part(p);
  if (a.plain) out->code = compile_arith(ctx.arena, ctx.symbols, a.text, a.operands.size());
  // What is wrong is said of the expanded text.
  if (out->code && out->code->broken) out->code = nullptr;
  out->operands = ctx.arena.copy(a.operands);
  if (!out->code || !a.operands.empty()) {
    auto* w = ctx.arena.make<ir::Word>();
    w->ast = &word;
    w->parts = ctx.arena.copy(a.parts);
    out->word = w;
  }
  return out;
}

// ---------------------------------------------------------------- for run time

const ir::Word* lower_word(Arena& arena, Symbols& symbols, const ast::Word& word, WordMode mode, const LowerOptions& options) {
  LowerContext ctx{arena, symbols, options};
  return lower_word(ctx, word, mode);
}

const ir::ArithText* lower_arith(Arena& arena, Symbols& symbols, const ast::Word& word) {
  LowerOptions options;
  LowerContext ctx{arena, symbols, options};
  return lower_arith(ctx, word);
}

namespace {

/// [key]=value as one word, if it has brace expansions.
const ir::Word* braced_item(LowerContext& ctx, const ast::ArrayItem& item) {
  if (item.value->raw.find('{') == std::string_view::npos) return nullptr;
  std::vector<ast::Part> parts;
  auto add_literal = [&](std::string_view text) {
    ast::Part p{ast::PartKind::Literal};
    p.text = text;
    parts.push_back(p);
  };
  add_literal("[");
  parts.insert(parts.end(), item.index->parts.begin(), item.index->parts.end());
  add_literal(item.append ? "]+=" : "]=");
  parts.insert(parts.end(), item.value->parts.begin(), item.value->parts.end());
  auto* whole = ctx.arena.make<ast::Word>();
  whole->parts = ctx.arena.copy(parts);
  const ir::Word* w = lower_word(ctx, *whole, WordMode::Element);
  return w->braces.empty() ? nullptr : w;
}

}  // namespace

ir::Seq<ir::Element> lower_elements(LowerContext& ctx, ast::Seq<ast::ArrayItem> items) {
  std::vector<ir::Element> out;
  for (const ast::ArrayItem& item : items) {
    ir::Element e;
    e.append = item.append;
    if (item.index) {
      e.index = lower_arith(ctx, *item.index);
      e.key = lower_word(ctx, *item.index, WordMode::Plain);
      if (item.value) e.value = lower_word(ctx, *item.value, WordMode::Value);
      if (item.value) e.braced = braced_item(ctx, item);
    } else if (item.value) {
      e.value = lower_word(ctx, *item.value, WordMode::Element);
    }
    out.push_back(e);
  }
  return ctx.arena.copy(out);
}

ir::Seq<ir::Element> lower_elements(Arena& arena, Symbols& symbols, ast::Seq<ast::ArrayItem> items, const LowerOptions& options) {
  LowerContext ctx{arena, symbols, options};
  return lower_elements(ctx, items);
}

}  // namespace nacre
