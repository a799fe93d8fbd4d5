/// Builtins whose arguments are more than values: generators, paths, keys to sort
/// by. And those that are written in jq.
/// Source: jq 1.8 manual, "Builtin operators and functions".
#include <algorithm>

#include "base/deep_call.h"
#include "commands/jq/compile.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_write.h"
#include "commands/jq/natives.h"
#include "commands/jq/regex_cache.h"

namespace nacre::jq {
namespace {

struct SpecialInfo {
  std::string_view name;
  size_t arity;
  Special special;
  bool single;
};
constexpr SpecialInfo kSpecials[] = {
    {"empty", 0, Special::Empty, true},
    {"error", 0, Special::Error, true},
    {"path", 1, Special::Path, false},
    {"getpath", 1, Special::GetPath, true},
    {"range", 2, Special::Range2, false},
    {"range", 3, Special::Range3, false},
    {"limit", 2, Special::Limit, false},
    {"skip", 2, Special::Skip, false},
    {"first", 1, Special::First, true},
    {"last", 1, Special::Last, true},
    {"input", 0, Special::Input, true},
    {"inputs", 0, Special::Inputs, false},
    {"sort_by", 1, Special::SortBy, true},
    {"group_by", 1, Special::GroupBy, true},
    {"unique_by", 1, Special::UniqueBy, true},
    {"min_by", 1, Special::MinBy, true},
    {"max_by", 1, Special::MaxBy, true},
    {"tostream", 0, Special::ToStream, false},
    {"_substitute", 2, Special::Substitute, false},
};

struct Definition {
  std::string_view name;
  size_t arity;
  std::string_view text;
};
constexpr Definition kDefinitions[] = {
    {"map_values", 1, "def map_values(f): .[] |= f;"},
    {"recurse", 1, "def recurse(f): ., (f | recurse(f));"},
    {"recurse", 2, "def recurse(f; c): ., (f | select(c) | recurse(f; c));"},
    {"recurse_down", 0, "def recurse_down: recurse;"},
    {"while", 2, "def while(c; f): if c then ., (f | while(c; f)) else empty end;"},
    {"until", 2, "def until(c; f): if c then . else f | until(c; f) end;"},
    {"repeat", 1, "def repeat(f): f, repeat(f);"},
    {"range", 1, "def range($n): range(0; $n);"},
    {"nth", 1, "def nth($n): .[$n];"},
    {"nth", 2, "def nth($n; f): if $n < 0 then error(\"nth doesn't support negative indices\") else first(skip($n; f)) end;"},
    {"first", 0, "def first: .[0];"},
    {"last", 0, "def last: .[-1];"},
    {"isempty", 1, "def isempty(f): label $out | (f | false, break $out), true;"},
    {"any", 0, "def any: any(.[]; .);"},
    {"any", 1, "def any(f): any(.[]; f);"},
    {"any", 2, "def any(g; f): label $out | (g | f | select(.) | true, break $out), false;"},
    {"all", 0, "def all: all(.[]; .);"},
    {"all", 1, "def all(f): all(.[]; f);"},
    {"all", 2, "def all(g; f): label $out | (g | f | select(. | not) | false, break $out), true;"},
    {"add", 1, "def add(f): reduce f as $x (null; . + $x);"},
    {"error", 1, "def error(m): m | error;"},
    {"halt_error", 0, "def halt_error: halt_error(5);"},
    {"values", 0, "def values: select(. != null);"},
    {"nulls", 0, "def nulls: select(. == null);"},
    {"booleans", 0, "def booleans: select(type == \"boolean\");"},
    {"numbers", 0, "def numbers: select(type == \"number\");"},
    {"strings", 0, "def strings: select(type == \"string\");"},
    {"arrays", 0, "def arrays: select(type == \"array\");"},
    {"objects", 0, "def objects: select(type == \"object\");"},
    {"iterables", 0, "def iterables: select(type == (\"array\", \"object\"));"},
    {"scalars", 0, "def scalars: select(type | . != \"array\" and . != \"object\");"},
    {"finites", 0, "def finites: select(type == \"number\" and (isinfinite or isnan | not));"},
    {"normals", 0, "def normals: select(type == \"number\" and isnormal);"},
    {"isfinite", 0, "def isfinite: type == \"number\" and (isinfinite | not);"},
    {"paths", 0, "def paths: path(..) | select(length > 0);"},
    {"paths", 1, "def paths(f): . as $top | paths | select(. as $p | $top | getpath($p) | f);"},
    {"leaf_paths", 0, "def leaf_paths: paths(scalars);"},
    {"del", 1, "def del(f): delpaths([path(f)]);"},
    {"pick", 1, "def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));"},
    {"with_entries", 1, "def with_entries(f): to_entries | map(f) | from_entries;"},
    {"walk", 1, "def walk(f): def w: if type == \"object\" then map_values(w) elif type == \"array\" then map(w) else . end | f; w;"},
    {"in", 1, "def in(o): . as $k | o | has($k);"},
    {"inside", 1, "def inside(o): . as $v | o | contains($v);"},
    {"combinations", 0, "def combinations: if length == 0 then [] else .[0][] as $x | .[1:] | combinations | [$x] + . end;"},
    {"combinations", 1, "def combinations(n): . as $all | [range(n)] | map($all) | combinations;"},
    {"transpose", 0, "def transpose: . as $rows | [range(map(length) | max // 0) as $i | [$rows[] | .[$i]]];"},
    {"reverse", 0, "def reverse: [.[length - 1 - range(length)]];"},
    {"index", 1, "def index($i): indices($i) | .[0];"},
    {"rindex", 1, "def rindex($i): indices($i) | .[-1:][0];"},
    {"ascii", 0, "def ascii: [.] | implode;"},
    {"todate", 0, "def todate: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"},
    {"todateiso8601", 0, "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"},
    {"fromdateiso8601", 0, "def fromdateiso8601: strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime;"},
    {"fromdate", 0, "def fromdate: fromdateiso8601;"},
    {"date", 0, "def date: todate;"},
    {"dateadd", 2, "def dateadd(u; n): . + n;"},
    {"datesub", 2, "def datesub(u; n): . - n;"},
    {"match", 1, "def match($re): _match($re; null; false) | .[];"},
    {"match", 2, "def match($re; $flags): _match($re; $flags; false) | .[];"},
    {"test", 1, "def test($re): _match($re; null; true);"},
    {"test", 2, "def test($re; $flags): _match($re; $flags; true);"},
    {"capture", 1, "def capture($re): match($re) | _captures;"},
    {"capture", 2, "def capture($re; $flags): match($re; $flags) | _captures;"},
    {"scan", 1, "def scan($re): scan($re; null);"},
    {"scan", 2, "def scan($re; $flags): match($re; \"g\" + $flags) | if .captures == [] then .string else [.captures[].string] end;"},
    {"split", 2, "def split($re; flags): flags as $f | _split($re; $f + \"g\");"},
    {"splits", 1, "def splits($re): split($re; null) | .[];"},
    {"splits", 2, "def splits($re; flags): split($re; flags) | .[];"},
    {"sub", 2, "def sub(re; str): re as $re | _substitute([$re, \"\"]; str);"},
    {"sub", 3, "def sub($re; str; $flags): _substitute([$re, $flags]; str);"},
    {"gsub", 2, "def gsub($re; str): _substitute([$re, \"g\"]; str);"},
    {"gsub", 3, "def gsub($re; str; $flags): _substitute([$re, $flags + \"g\"]; str);"},
    {"debug", 1, "def debug(m): (m | debug | empty), .;"},
    {"fromstream", 1,
     "def fromstream(f): foreach f as $e ({done: false, v: null};"
     " if .done then {done: false, v: null} else . end"
     " | if $e | length == 2 then .done = ($e[0] == []) | .v |= setpath($e[0]; $e[1]) else .done = ($e[0] | length == 1) end;"
     " if .done then .v else empty end);"},
    {"truncate_stream", 1, "def truncate_stream(f): . as $n | null | f | if .[0] | length > $n then .[0] |= .[$n:] else empty end;"},
    {"INDEX", 1, "def INDEX(f): INDEX(.[]; f);"},
    {"INDEX", 2, "def INDEX(s; f): reduce s as $row ({}; .[$row | f | tostring] = $row);"},
    {"IN", 1, "def IN(s): any(s == .; .);"},
    {"IN", 2, "def IN(a; b): any(a == b; .);"},
    {"JOIN", 2, "def JOIN($index; f): [.[] | [., $index[f]]];"},
    {"JOIN", 3, "def JOIN($index; s; f): s | [., $index[f]];"},
    {"JOIN", 4, "def JOIN($index; s; f; j): s | [., $index[f]] | j;"},
    {"GROUP_BY", 1, "def GROUP_BY(f): group_by(f);"},
    {"UNIQUE_BY", 1, "def UNIQUE_BY(f): [group_by(f)[] | .[0]];"},
    {"toarray", 0, "def toarray: if type == \"array\" then . else [.] end;"},
    {"get_prog_origin", 0, "def get_prog_origin: null;"},
    {"get_jq_origin", 0, "def get_jq_origin: \"/usr/bin\";"},
};

}  // namespace

std::string_view find_definition(std::string_view name, size_t arity) {
  for (const Definition& d : kDefinitions)
    if (d.name == name && d.arity == arity) return d.text;
  return "";
}

Value builtin_names() {
  Value out = native_names();
  auto add = [&](std::string_view name, size_t arity) {
    if (name[0] != '_') out.push(Value::string(std::string(name) + "/" + std::to_string(arity)));
  };
  for (const Definition& d : kDefinitions) add(d.name, d.arity);
  for (const SpecialInfo& s : kSpecials) add(s.name, s.arity);
  for (std::string_view m : {"map", "select"}) add(m, 1);
  add("recurse", 0);
  add("not", 0);
  add("env", 0);
  return out;
}

// ---- compiling calls of builtins
FunctionDef* Compiler::library_function(std::string_view name, size_t arity) {
  std::string_view text = find_definition(name, arity);
  if (text.empty()) return nullptr;
  auto [at, fresh] = library_.try_emplace({std::string(name), arity}, nullptr);
  if (!fresh) return at->second;
  program_.sources.push_back(std::make_unique<Source>());
  Source& source = *program_.sources.back();
  source.name = "<builtin>";
  source.text = text;
  std::vector<Problem> problems;
  parse_program(program_, source, true, problems);
  NACRE_CHECK(problems.empty() && source.functions.size() == 1);
  FunctionDef* f = library_[{std::string(name), arity}] = source.functions[0];
  std::vector<Name> nothing;
  bind_module(source, nothing);
  return f;
}

// Some builtins are just other nodes.
Card Compiler::macro(Node* n, bool& done) {
  done = true;
  size_t arity = n->list.size();
  auto part = [&](Op op) { return program_.make(op, n->offset); };
  if (n->name == "map" && arity == 1) {
    Node* pipe = part(Op::Pipe);
    pipe->a = part(Op::Iterate);
    pipe->a->a = part(Op::Identity);
    pipe->b = n->list[0];
    n->op = Op::Array;
    n->a = pipe;
  } else if (n->name == "select" && arity == 1) {
    Node* none = part(Op::Special);
    none->special = static_cast<uint8_t>(Special::Empty);
    n->op = Op::If;
    n->a = n->list[0];
    n->c = none;
    n->b = part(Op::Identity);
  } else if (n->name == "recurse" && arity == 0) {
    n->op = Op::RecurseAll;
  } else if (arity == 0 && (n->name == "null" || n->name == "true" || n->name == "false")) {
    n->op = Op::Literal;
    n->value = n->name == "null" ? Value::null() : Value::boolean(n->name == "true");
  } else if (arity == 0 && n->name == "env") {
    n->op = Op::Variable;
    n->name = "ENV";
  } else {
    done = false;
    return kMany;
  }
  n->list.clear();
  return visit_node(n);
}

Card Compiler::visit_builtin(Node* n) {
  bool done = false;
  Card card = macro(n, done);
  if (done) return card;
  size_t arity = n->list.size();
  for (const SpecialInfo& s : kSpecials) {
    if (s.name != n->name || s.arity != arity) continue;
    n->op = Op::Special;
    n->special = static_cast<uint8_t>(s.special);
    for (Node* a : n->list) card = visit(a);
    return !s.single ? kMany : s.special == Special::GetPath ? card : kOne;
  }
  if (const NativeInfo* native = find_native(n->name, arity)) {
    n->op = Op::Native;
    n->native = native;
    card = kOne;
    for (Node* a : n->list) card |= visit(a);
    return card;
  }
  if (FunctionDef* f = library_function(n->name, arity)) {
    n->op = Op::Function;
    n->function = f;
    n->depth = level_;
    for (Node*& a : n->list) visit_argument(a);
    return function_card(n, f);
  }
  undefined(n, n->name + "/" + std::to_string(arity));
  for (Node* a : n->list) visit(a);
  return kMany;
}

// ---- sorting by keys
St Interp::sorted(const Node* n, Frame* f, Item& io, Special how) {
  struct Row {
    Value key, v;
  };
  if (!io.v.is_array() && !io.v.is_object()) {
    fail("Cannot iterate over " + std::string(kind_name(io.v)) + " (" + brief(io.v) + ")");
    return St::Stop;
  }
  std::vector<Row> rows;
  bool simple = single(n->list[0], f);
  Item all{io.v, Value()};
  if (!each_iterate(nullptr, all, [&](Item&& i) {
        Value v = i.v;
        if (simple) {   // the key itself, or Invalid for none, in place of an array of it: the order is the same
          St st = one(n->list[0], f, i);
          if (st == St::Stop) return false;
          rows.push_back({st == St::One ? std::move(i.v) : Value(), std::move(v)});
          return true;
        }
        Value key = Value::array(1);
        if (!each(n->list[0], FrameRef(f), std::move(i), [&](Item&& part) {
              key.push(std::move(part.v));
              return true;
            }))
          return false;
        rows.push_back({std::move(key), std::move(v)});
        return true;
      }))
    return St::Stop;
  if (!io.v.is_array()) {
    bool extreme = how == Special::MinBy || how == Special::MaxBy;
    fail_about(io.v, extreme ? "and array ([]) cannot be iterated over" : "cannot be sorted, as it is not an array");
    return St::Stop;
  }
  bool deep = false;
  auto order = [&](const Value& a, const Value& b) {
    int c = compare(a, b);
    if (c == kTooDeep) deep = true;
    return c == kTooDeep ? 0 : c;
  };
  Value out = Value::null();
  if (how == Special::MinBy || how == Special::MaxBy) {
    size_t best = 0;
    for (size_t i = 1; i < rows.size(); i++) {
      int c = order(rows[i].key, rows[best].key);
      if (how == Special::MinBy ? c < 0 : c >= 0) best = i;
    }
    if (!rows.empty()) out = rows[best].v;
  } else {
    p_.tick(static_cast<uint32_t>(rows.size()));
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return order(a.key, b.key) < 0; });
    out = Value::array();
    for (size_t i = 0; i < rows.size(); i++) {
      bool same = i > 0 && how != Special::SortBy && order(rows[i].key, rows[i - 1].key) == 0;
      if (how == Special::GroupBy) {
        if (!same) out.push(Value::array());
        out.slot(out.size() - 1).push(std::move(rows[i].v));
      } else if (!same) {
        out.push(std::move(rows[i].v));
      }
    }
  }
  if (deep) {
    fail("Comparison too deep");
    return St::Stop;
  }
  return give(io, std::move(out));
}

// ---- running
St Interp::one_special(const Node* n, Frame* f, Item& io) {
  Value v;
  St st = St::One;
  switch (static_cast<Special>(n->special)) {
    case Special::Empty: return St::None;
    case Special::Error: fail(io.v); return St::Stop;
    case Special::GetPath:
      if ((st = value_of(n->list[0], f, io.v, v)) != St::One) return st;
      if (io.tracked() && !io.path.is_array()) {
        fail("Invalid path expression near attempt to access element " + brief(v) + " of " + brief(io.v));
        return St::Stop;
      }
      {
        Value got = get_path(*this, io.v, v);
        if (!got.valid()) return St::Stop;
        io.v = std::move(got);
      }
      if (io.tracked())
        for (size_t i = 0; i < v.size(); i++) io.path.push(v.at(i));
      return St::One;
    case Special::Input:
      switch (inputs_.next(v)) {
        case Inputs::Next::Value: return give(io, std::move(v));
        case Inputs::Next::End: fail("break"); return St::Stop;
        case Inputs::Next::Error: fail(inputs_.error()); return St::Stop;
      }
      return St::Stop;
    case Special::SortBy:
    case Special::GroupBy:
    case Special::UniqueBy:
    case Special::MinBy:
    case Special::MaxBy: return sorted(n, f, io, static_cast<Special>(n->special));
    default: break;
  }
  // first and last give at most one output, but of generators
  bool any = false;
  Item out;
  if (static_cast<Special>(n->special) == Special::First) {
    int id = ++next_label_;
    bool good = each(n->list[0], FrameRef(f), std::move(io), [&](Item&& i) {
      out = std::move(i);
      any = true;
      why_ = Why::Break;
      label_ = id;
      return false;
    });
    if (!good && !stopped_for(id)) return St::Stop;
  } else if (!each(n->list[0], FrameRef(f), std::move(io), [&](Item&& i) {
               out = std::move(i);
               any = true;
               return true;
             })) {
    return St::Stop;
  }
  if (!any) return St::None;
  io = std::move(out);
  return St::One;
}

bool Interp::each_special(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  switch (static_cast<Special>(n->special)) {
    case Special::Path:
      return each(n->list[0], f, Item{io.v, Value::array()}, [&](Item&& i) {
        if (!i.path.is_array()) {
          fail("Invalid path expression with result " + brief(i.v));
          return false;
        }
        Item out = io;
        return give(out, std::move(i.path)) == St::One && k(std::move(out));
      });
    case Special::GetPath:
      return each(n->list[0], f, Item{io.v, Value()}, [&](Item&& p) {
        Item out = io;
        if (out.tracked() && !out.path.is_array()) {
          fail("Invalid path expression near attempt to access element " + brief(p.v) + " of " + brief(out.v));
          return false;
        }
        out.v = get_path(*this, io.v, p.v);
        if (!out.v.valid()) return false;
        if (out.tracked())
          for (size_t i = 0; i < p.v.size(); i++) out.path.push(p.v.at(i));
        return k(std::move(out));
      });
    case Special::Range2:
      return each(n->list[0], f, Item{io.v, Value()}, [&](Item&& from) {
        return each(n->list[1], f, Item{io.v, Value()}, [&](Item&& upto) {
          if (!from.v.is_number() || !upto.v.is_number()) {
            fail("Range bounds must be numeric");
            return false;
          }
          return each_range(from.v, upto.v, Value::number(1), [&](Item&& i) {
            if (io.tracked()) i.path = Value::boolean(false);
            return k(std::move(i));
          });
        });
      });
    case Special::Range3:
      return each(n->list[0], f, Item{io.v, Value()}, [&](Item&& from) {
        return each(n->list[1], f, Item{io.v, Value()}, [&](Item&& upto) {
          return each(n->list[2], f, Item{io.v, Value()}, [&](Item&& by) {
            return each_range(from.v, upto.v, by.v, [&](Item&& i) {
              if (io.tracked()) i.path = Value::boolean(false);
              return k(std::move(i));
            });
          });
        });
      });
    case Special::Limit:
    case Special::Skip: return each_limit(n, f, io, k);
    case Special::Inputs:
      while (true) {
        p_.tick();
        Value v;
        Inputs::Next next = inputs_.next(v);
        if (next == Inputs::Next::End) return true;
        if (next == Inputs::Next::Error) {
          fail(inputs_.error());
          return false;
        }
        Item out = io;
        if (give(out, std::move(v)) != St::One || !k(std::move(out))) return false;
      }
    case Special::ToStream:
      return each_event(io.v, Value::array(), [&](Item&& i) {
        if (io.tracked()) i.path = Value::boolean(false);
        return k(std::move(i));
      });
    case Special::Substitute: return each_substitute(n, f, io, k);
    default: break;
  }
  NACRE_CHECK(false);
}

bool Interp::each_range(const Value& from, const Value& upto, const Value& by, const Out& k) {
  if (from.is_number() && upto.is_number() && by.is_number()) {
    double step = by.num(), end = upto.num();
    for (double x = from.num(); step > 0 ? x < end : step < 0 ? x > end : false; x += step) {
      p_.tick();
      if (!k(Item{x == from.num() ? from : Value::number(x), Value()})) return false;
    }
    return true;
  }
  int way = compare(by, Value::number(0));
  for (Value x = from; way > 0 ? compare(x, upto) < 0 : way < 0 && compare(x, upto) > 0;) {
    p_.tick();
    if (!k(Item{x, Value()})) return false;
    x = arithmetic(Arith::Add, std::move(x), by);
    if (!x.valid()) return false;
  }
  return true;
}

bool Interp::each_limit(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  bool skip = static_cast<Special>(n->special) == Special::Skip;
  return each(n->list[0], f, Item{io.v, Value()}, [&](Item&& count) {
    double left = count.v.is_number() ? count.v.num() : compare(count.v, Value::number(0));
    if (left < 0) {
      fail(skip ? "skip doesn't support negative count" : "limit doesn't support negative count");
      return false;
    }
    if (skip) return each(n->list[1], f, io, [&](Item&& i) { return left-- > 0 || k(std::move(i)); });
    if (!(left > 0)) return true;
    int id = ++next_label_;
    bool good = each(n->list[1], f, io, [&](Item&& i) {
      left--;
      if (!k(std::move(i))) return false;
      if (left > 0) return true;
      why_ = Why::Break;
      label_ = id;
      return false;
    });
    return good || stopped_for(id);
  });
}

// Leaves with their paths, and where containers end.
bool Interp::each_event(const Value& v, Value path, const Out& k) {
  auto event = [&](Value p, const Value* leaf) {
    p_.tick();
    Value e = Value::array(2);
    e.push(std::move(p));
    if (leaf) e.push(*leaf);
    return k(Item{std::move(e), Value()});
  };
  if ((!v.is_array() && !v.is_object()) || v.size() == 0) return event(path, &v);
  Value last;
  auto child = [&](const Value& key, const Value& c) {
    Value p = path;
    p.push(key);
    last = key;
    return deep_call([&] { return each_event(c, std::move(p), k); });
  };
  bool good = true;
  if (v.is_array()) {
    for (size_t i = 0; i < v.size() && good; i++) good = child(Value::number(static_cast<double>(i)), v.at(i));
  } else {
    each_entry(v, [&](const Value& key, const Value& c) { good = good && child(key, c); });
  }
  path.push(last);
  return good && event(std::move(path), nullptr);
}

// The i-th output of the replacement for each match makes the i-th result.
bool Interp::each_substitute(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  Value pair;
  St st = value_of(n->list[0], f.get(), io.v, pair);
  if (st != St::One) return st == St::None;
  std::vector<RegexMatch> found;
  if (!regexes().find(*this, io.v, pair.at(0), pair.at(1), found)) return false;
  std::string text(io.v.str());
  std::vector<Value> results;
  size_t previous = 0;
  for (const RegexMatch& m : found) {
    p_.tick();
    size_t i = 0;
    std::string_view gap = std::string_view(text).substr(previous, m.begin - previous);
    if (!each(n->list[1], f, Item{m.named(text), Value()}, [&](Item&& s) {
          Value piece = arithmetic(Arith::Add, Value::string(gap), s.v);
          if (!piece.valid()) return false;
          if (i == results.size()) results.push_back(Value::string(""));
          results[i++].append(piece.str());
          return true;
        }))
      return false;
    previous = m.end;
  }
  if (results.empty()) return k(Item(io));
  for (Value& r : results) {
    r.append(std::string_view(text).substr(previous));
    Item out = io;
    if (give(out, std::move(r)) != St::One || !k(std::move(out))) return false;
  }
  return true;
}

}  // namespace nacre::jq
