#include "commands/awk/interp.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "algo/unicode.h"
#include "base/deep_call.h"

namespace nacre {

std::string AwkInterp::place() const {
  std::string out;
  if (now_) out = prog_.sources[static_cast<size_t>(now_->source)].name + ":" + std::to_string(now_->line) + ": ";
  auto fnr = static_cast<int64_t>(globals_[kFNR].value.to_number());
  if (fnr > 0) out += "(FILENAME=" + std::string(globals_[kFILENAME].value.text.view()) + " FNR=" + std::to_string(fnr) + ") ";
  return out;
}

void AwkInterp::fatal(const std::string& message) {
  flush_all();
  p_.warn("%sfatal: %s", place().c_str(), message.c_str());
  p_.exit(2);
}

void AwkInterp::warning(const std::string& message) {
  out_.flush();
  p_.warn("%swarning: %s", place().c_str(), message.c_str());
}

std::string AwkInterp::name_of(const AwkNode* n) const {
  if (n->op == AwkOp::Global) return prog_.globals[static_cast<size_t>(n->slot)];
  if (n->op == AwkOp::Index) return name_of(n->a) + "[...]";
  if (n->op == AwkOp::Local && running_ && static_cast<size_t>(n->slot) < running_->names.size()) return running_->names[static_cast<size_t>(n->slot)];
  return "parameter";
}

// " (from a, from x)": what a parameter is in the calls around.
std::string AwkInterp::origin_of(const AwkNode* n) const {
  std::string out;
  for (size_t k = frames_.size(); n->op == AwkOp::Local && k-- > 0;) {
    const Frame& f = frames_[k];
    if (!f.call || static_cast<size_t>(n->slot) >= f.call->list.size()) break;
    n = f.call->list[static_cast<size_t>(n->slot)];
    const bool global = n->op == AwkOp::Global;
    if (!global && (n->op != AwkOp::Local || !f.caller)) break;
    out += (out.empty() ? " (from " : ", from ") + (global ? prog_.globals[static_cast<size_t>(n->slot)] : f.caller->names[static_cast<size_t>(n->slot)]);
  }
  return out.empty() ? out : out + ")";
}

// ---- variables

AwkArray& AwkInterp::array(const AwkNode* n) {
  if (n->op == AwkOp::Index) return *array_ref(n);   // the array it is in keeps it
  if (n->op != AwkOp::Local && n->op != AwkOp::Global) fatal("attempt to use a scalar value as array");
  AwkCell& c = cell(n);
  if (!c.array) {
    if (c.value.kind != AwkValue::Unset)
      fatal(std::string("attempt to use scalar ") + (n->op == AwkOp::Local ? "parameter `" : "`") + name_of(n) + "' as an array");
    // The caller's variable is made an array too, as far back as it is unknown.
    std::shared_ptr<AwkArray> made;
    for (AwkCell* o = c.origin; o && !made; o = o->origin) made = o->array;
    if (!made) made = std::make_shared<AwkArray>();
    c.array = made;
    for (AwkCell* o = c.origin; o && !o->array; o = o->origin) o->array = made;
  }
  return *c.array;
}

std::shared_ptr<AwkArray> AwkInterp::array_ref(const AwkNode* n) {
  if (n->op != AwkOp::Index) {
    array(n);
    return cell(n).array;
  }
  if (table_element(n))
    if (AwkCell* c = symtab_cell(n, false)) {
      if (!c->array && c->value.kind == AwkValue::Unset) c->array = std::make_shared<AwkArray>();
      if (c->array) return c->array;
    }
  std::string keep;
  std::string key(subscript(n, keep));
  auto sub = deep_call([&] { return array_ref(n->a); })->make_sub(key);
  if (!sub) fatal("attempt to use scalar `" + name_of(n->a) + "[\"" + key + "\"]' as an array");
  return sub;
}

std::shared_ptr<AwkArray> AwkInterp::existing_array(const AwkNode* n) {
  if (n->op == AwkOp::Global || n->op == AwkOp::Local) {
    AwkCell& c = cell(n);
    for (AwkCell* o = c.origin; !c.array && o; o = o->origin) c.array = o->array;
    return c.array;
  }
  if (n->op != AwkOp::Index) return nullptr;
  if (table_element(n))
    if (AwkCell* c = symtab_cell(n, false)) return c->array;
  auto in = deep_call([&] { return existing_array(n->a); });
  if (!in) return nullptr;
  std::string keep;
  return in->sub(subscript(n, keep));
}

// An element; made when it is not there.
AwkValue AwkInterp::element(const AwkNode* n) {
  if (table_element(n))
    if (AwkCell* c = symtab_cell(n, false)) {
      if (c->array) fatal("attempt to use array `SYMTAB[...]' in a scalar context");
      return c->value;
    }
  std::string keep;
  std::string_view key = subscript(n, keep);
  AwkArray& a = array(n->a);
  if (dialect_.lint) lint_element(n->a, a, key);
  AwkValue& v = a.at(key);
  if (v.kind == AwkValue::Unset && a.sub(key)) fatal("attempt to use array `" + name_of(n->a) + "[\"" + std::string(key) + "\"]' in a scalar context");
  return v;
}

std::string_view AwkInterp::subscript(const AwkNode* n, std::string& keep) {
  if (n->list.size() == 1) return view(n->list[0], keep);
  keep.clear();
  for (size_t i = 0; i < n->list.size(); i++) {
    if (i) keep += subsep_;
    append(n->list[i], keep);
  }
  return keep;
}

int64_t AwkInterp::computed_index(const AwkNode* n) {
  double d = deep_call([&] { return number(n->a); });
  if (d <= -1) fatal("attempt to access field " + std::to_string(static_cast<int64_t>(d)));
  if (d < 0) return 0;
  return d > 1e7 ? 10'000'000 : static_cast<int64_t>(d);
}

// ---- values

// -n: octal and hexadecimal integers; -P: what strtod() knows.
AwkValue AwkInterp::input_value(std::string_view s) {
  AwkValue v = AwkValue::input(s);
  if (!reads_numbers_) return v;
  std::string text(s);
  const size_t from = std::min(text.find_first_not_of(" \t\n\f\r\v"), text.size());
  const size_t digits = from + (from < text.size() && (text[from] == '-' || text[from] == '+'));
  char* end = text.data() + from;
  if (dialect_.posix) {
    v.number = std::strtod(text.c_str() + from, &end);
  } else if (text.size() > digits + 1 && text[digits] == '0' &&
             (ascii_lower(text[digits + 1]) == 'x' || (ascii_digit(text[digits + 1]) && text[from] != '+'))) {
    const bool octal = text.find_first_of("89.eE", digits) == std::string::npos || ascii_lower(text[digits + 1]) == 'x';
    if (!octal) return v;
    v.number = strtonum(text);
    (void)std::strtoull(text.c_str() + digits, &end, 0);
  } else {
    return v;
  }
  while (ascii_space(*end)) end++;
  v.looks = *end == 0 && end > text.data() + from ? 1 : AwkValue::kFront;
  return v;
}

void AwkInterp::append_as(const AwkValue& v, std::string& out, const std::string& format) {
  if (v.kind == AwkValue::Number) append_number(out, v.number, format);
  else out += v.text.view();
}

AwkValue AwkInterp::eval(const AwkNode* n) {
  switch (n->op) {
    case AwkOp::Number:
    case AwkOp::String:
    case AwkOp::RegexValue: return n->value;
    case AwkOp::Regex: return AwkValue(static_cast<double>(regex(n).matches(record())));
    case AwkOp::Group: return n->list.empty() ? eval(n->a) : AwkValue::string(text(n));
    case AwkOp::Global:
      if (n->slot == kNF && !split_) split_fields();
      [[fallthrough]];
    case AwkOp::Local: {
      AwkCell& c = cell(n);
      if (c.array) fatal("attempt to use array `" + name_of(n) + origin_of(n) + "' in a scalar context");
      if (c.value.kind == AwkValue::Unset) unset_used(n, c);
      return c.value;
    }
    case AwkOp::Field: return field(field_index(n));
    case AwkOp::Index: return deep_call([&] { return element(n); });
    case AwkOp::Deep: return deep_call([&] { return eval(n->a); });
    case AwkOp::Assign: {
      // s = s x: append in place.
      const AwkNode* r = n->b;
      if (r->op == AwkOp::Concat && (n->a->op == AwkOp::Global || n->a->op == AwkOp::Local) && r->a->op == n->a->op && r->a->slot == n->a->slot &&
          !(n->a->op == AwkOp::Global && n->a->slot < kSpecialCount)) {
        std::string tail = text(r->b);
        AwkCell& c = cell(n->a);
        if (c.value.kind == AwkValue::Text) {
          if (std::string* s = c.value.text.unique()) {
            *s += tail;
            if (tail.size() > 4096) p_.tick(static_cast<uint32_t>(tail.size() / 1024));
            return c.value;
          }
        }
        std::string whole;
        append_value(c.value, whole);
        return assign(n->a, AwkValue::string(whole + tail));
      }
      return assign(n->a, eval(n->b));
    }
    case AwkOp::AddTo:
    case AwkOp::SubTo:
    case AwkOp::MulTo:
    case AwkOp::DivTo:
    case AwkOp::ModTo:
    case AwkOp::PowTo: return assign_op(n);
    case AwkOp::Cond: return truth(n->a) ? eval(n->b) : eval(n->c);
    case AwkOp::Concat: {
      std::string s;
      append(n, s);
      return AwkValue::string(std::move(s));
    }
    case AwkOp::Call: return deep_call([&] { return call(n); });
    case AwkOp::IndirectCall: return deep_call([&] { return call_indirect(n); });
    case AwkOp::Builtin: return deep_call([&] { return builtin(n); });
    default: return AwkValue(number(n));
  }
}

double AwkInterp::number(const AwkNode* n) {
  switch (n->op) {
    case AwkOp::Number: return n->value.number;
    case AwkOp::Group: return n->list.empty() ? number(n->a) : eval(n).to_number();
    case AwkOp::Global:
    case AwkOp::Local:
      if (n->op == AwkOp::Global && n->slot == kNF && !split_) split_fields();
      if (const AwkCell& c = cell(n); c.value.kind == AwkValue::Number) return c.value.number;
      return eval(n).to_number();
    case AwkOp::Field: {
      int64_t i = field_index(n);
      if (i == 0) return reads_numbers_ ? field(0).to_number() : awk_number(field_view(0));
      if (!split_) split_fields();
      if (static_cast<size_t>(i) > nf_) return field(i).to_number();
      FieldSlot& f = fields_[static_cast<size_t>(i) - 1];
      return f.set || reads_numbers_ ? field(i).to_number() : awk_number({record_.data() + f.offset, f.length});
    }
    case AwkOp::And: return truth(n->a) && truth(n->b);
    case AwkOp::Or: return truth(n->a) || truth(n->b);
    case AwkOp::Not: return !truth(n->a);
    case AwkOp::Regex:
    case AwkOp::Match:
    case AwkOp::NoMatch:
    case AwkOp::In: return truth(n);
    case AwkOp::Less:
    case AwkOp::LessEq:
    case AwkOp::Equal:
    case AwkOp::NotEqual:
    case AwkOp::Greater:
    case AwkOp::GreaterEq: return compare(n);
    case AwkOp::Add:
    case AwkOp::Sub:
    case AwkOp::Mul:
    case AwkOp::Div:
    case AwkOp::Mod:
    case AwkOp::Pow: {
      double a = number(n->a);
      return arithmetic(n->op, a, number(n->b));
    }
    case AwkOp::AddTo:
    case AwkOp::SubTo:
    case AwkOp::MulTo:
    case AwkOp::DivTo:
    case AwkOp::ModTo:
    case AwkOp::PowTo: {
      if (n->a->op != AwkOp::Global && n->a->op != AwkOp::Local) return assign_op(n).number;
      double b = number(n->b);
      if (double* own = own_number(n->a)) return *own = arithmetic(n->op, *own, b);
      double a = number(n->a);
      return assign(n->a, AwkValue(arithmetic(n->op, a, b))).number;
    }
    case AwkOp::Negate: return -number(n->a);
    case AwkOp::Plus: return number(n->a);
    case AwkOp::PreInc: return step(n->a, 1, false);
    case AwkOp::PreDec: return step(n->a, -1, false);
    case AwkOp::PostInc: return step(n->a, 1, true);
    case AwkOp::PostDec: return step(n->a, -1, true);
    case AwkOp::Getline:
    case AwkOp::GetlineFile:
    case AwkOp::GetlinePipe: return deep_call([&] { return getline(n); });
    case AwkOp::Builtin:
      if (n->slot == static_cast<int>(AwkBuiltin::Length) && (n->list.empty() || n->list[0]->op == AwkOp::Field)) {
        std::string keep;
        return length_of(n->list.empty() ? field_view(0) : view(n->list[0], keep));
      }
      [[fallthrough]];
    default: return eval(n).to_number();
  }
}

// fmod takes a step for each bit by which the two differ; integers have an instruction.
static double remainder_of(double a, double b) {
  constexpr double kExact = 9007199254740992.0;
  if (std::fabs(a) < kExact && std::fabs(b) < kExact) {
    auto x = static_cast<int64_t>(a), y = static_cast<int64_t>(b);
    if (static_cast<double>(x) == a && static_cast<double>(y) == b) return std::copysign(static_cast<double>(x % y), a);
  }
  return std::fmod(a, b);
}

// Whole exponents by multiplication, whose last digits may be others than those of pow().
static double power_of(double x, double y) {
  if (!(std::fabs(y) < 9e15) || y != std::trunc(y)) return std::pow(x, y);
  auto n = static_cast<int64_t>(std::fabs(y));
  if (n == 0) return 1;
  double result = 1;
  for (; n > 1; n /= 2) {
    if (n % 2 == 1) result *= x;
    x *= x;
  }
  return y > 0 ? result * x : 1 / (result * x);
}

double AwkInterp::arithmetic(AwkOp op, double a, double b) {
  switch (op) {
    case AwkOp::Add:
    case AwkOp::AddTo: return a + b;
    case AwkOp::Sub:
    case AwkOp::SubTo: return a - b;
    case AwkOp::Mul:
    case AwkOp::MulTo: return a * b;
    case AwkOp::Div:
    case AwkOp::DivTo:
      if (b == 0) fatal(op == AwkOp::Div ? "division by zero attempted" : "division by zero attempted in `/='");
      return a / b;
    case AwkOp::Mod:
    case AwkOp::ModTo:
      if (b == 0) fatal(op == AwkOp::Mod ? "division by zero attempted in `%'" : "division by zero attempted in `%='");
      return remainder_of(a, b);
    default: return power_of(a, b);
  }
}

bool AwkInterp::truth(const AwkNode* n) {
  switch (n->op) {
    case AwkOp::Group: return n->list.empty() ? truth(n->a) : true;
    case AwkOp::And: return truth(n->a) && truth(n->b);
    case AwkOp::Or: return truth(n->a) || truth(n->b);
    case AwkOp::Not: return !truth(n->a);
    case AwkOp::Regex: {
      const Regex& re = regex(n);
      return re.matches(record());
    }
    case AwkOp::Match:
    case AwkOp::NoMatch: {
      std::string keep;
      std::string_view s = view(n->a, keep);
      return matches(n->b, s) == (n->op == AwkOp::Match);
    }
    case AwkOp::In: {
      std::string keep;
      std::string_view key = deep_call([&] { return subscript(n, keep); });
      return array(n->a).find(key) != nullptr;
    }
    case AwkOp::Less:
    case AwkOp::LessEq:
    case AwkOp::Equal:
    case AwkOp::NotEqual:
    case AwkOp::Greater:
    case AwkOp::GreaterEq: return compare(n);
    case AwkOp::Number:
    case AwkOp::String:
    case AwkOp::Global:
    case AwkOp::Local:
    case AwkOp::Field:
    case AwkOp::Index:
    case AwkOp::Assign:
    case AwkOp::Cond:
    case AwkOp::Concat:
    case AwkOp::Call:
    case AwkOp::IndirectCall:
    case AwkOp::RegexValue:
    case AwkOp::Builtin:
    case AwkOp::Deep: return eval(n).truth();
    default: return number(n) != 0;
  }
}

std::string_view AwkInterp::view(const AwkNode* n, std::string& keep) {
  if (n->op == AwkOp::Field) {
    int64_t i = field_index(n);
    if (i == 0) return field_view(0);
    if (!split_) split_fields();
    if (static_cast<size_t>(i) > nf_) {
      if (dialect_.lint) (void)field(i);
      return "";
    }
    FieldSlot& f = fields_[static_cast<size_t>(i) - 1];
    if (!f.set) return {record_.data() + f.offset, f.length};
    keep.clear();
    append_value(f.value, keep);   // not by way of n: its index may have effects
    return keep;
  }
  if (n->op == AwkOp::String) return n->value.text.view();
  if (n->op == AwkOp::Builtin && n->slot == static_cast<int>(AwkBuiltin::Substr)) return deep_call([&] { return substring(n, keep); });
  keep.clear();
  append(n, keep);
  return keep;
}

void AwkInterp::append(const AwkNode* n, std::string& out) {
  switch (n->op) {
    case AwkOp::String: out += n->value.text.view(); return;
    case AwkOp::Field: {
      int64_t i = field_index(n);
      if (i == 0) {
        out += field_view(0);
        return;
      }
      if (!split_) split_fields();
      if (static_cast<size_t>(i) > nf_) {
        if (dialect_.lint) (void)field(i);
        return;
      }
      FieldSlot& f = fields_[static_cast<size_t>(i) - 1];
      if (f.set) append_value(f.value, out);
      else out += record_.substr(f.offset, f.length);
      return;
    }
    case AwkOp::Group:
      if (n->list.empty()) return append(n->a, out);
      for (size_t i = 0; i < n->list.size(); i++) {
        if (i) out += subsep_;
        append(n->list[i], out);
      }
      return;
    case AwkOp::Concat:
      append(n->a, out);
      append(n->b, out);
      return;
    case AwkOp::Global:
    case AwkOp::Local:
      if (n->op == AwkOp::Global && n->slot == kNF && !split_) split_fields();
      if (AwkCell& c = cell(n); !c.array) {
        if (c.value.kind == AwkValue::Unset) unset_used(n, c);
        return append_value(c.value, out);
      }
      [[fallthrough]];
    default: append_value(eval(n), out); return;
  }
}

int AwkInterp::compare_values(const AwkValue& a, const AwkValue& b) {
  if (a.numeric() && b.numeric()) {
    double x = a.to_number(), y = b.to_number();
    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
  }
  std::string ka, kb;
  std::string_view x = a.text.view(), y = b.text.view();
  if (a.kind == AwkValue::Number) {
    append_value(a, ka);
    x = ka;
  }
  if (b.kind == AwkValue::Number) {
    append_value(b, kb);
    y = kb;
  }
  int c = fold_ ? lower(x, utf8_).compare(lower(y, utf8_)) : x.compare(y);
  return c < 0 ? -1 : c > 0;
}

bool AwkInterp::compare(const AwkNode* n) {
  int c;
  if (const double* x = plain_number(n->a)) {
    if (const double* y = plain_number(n->b)) {
      switch (n->op) {
        case AwkOp::Less: return *x < *y;
        case AwkOp::LessEq: return *x <= *y;
        case AwkOp::Equal: return *x == *y;
        case AwkOp::NotEqual: return *x != *y;
        case AwkOp::Greater: return *x > *y;
        default: return *x >= *y;
      }
    }
  }
  // A field against a constant: no value is made.
  if (n->a->op == AwkOp::Field && n->b->op == AwkOp::String && !fold_) {
    std::string keep;
    int k = view(n->a, keep).compare(n->b->value.text.view());
    c = k < 0 ? -1 : k > 0;
  } else if (n->a->op == AwkOp::Field && n->b->op == AwkOp::Number && !reads_numbers_ && !record_made_ && !record_stale_) {
    int64_t i = field_index(n->a);
    bool assigned = i > 0 && (split_ || (split_fields(), true)) && static_cast<size_t>(i) <= nf_ && fields_[static_cast<size_t>(i) - 1].set;
    std::string_view s = assigned ? std::string_view()
                         : i == 0 ? field_view(0)
                         : static_cast<size_t>(i) <= nf_
                             ? record_.substr(fields_[static_cast<size_t>(i) - 1].offset, fields_[static_cast<size_t>(i) - 1].length)
                             : std::string_view();
    bool whole = false;
    double x = assigned || s.empty() ? 0 : awk_number(s, &whole);
    if (whole) {
      double y = n->b->value.number;
      c = x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
    } else {
      c = compare_values(field(i), n->b->value);
    }
  } else {
    const AwkValue *x = stored(n->a), *y = stored(n->b);
    if (x && y) {
      const bool texts = x->kind == AwkValue::Text && y->kind == AwkValue::Text && !fold_;
      if (texts && (n->op == AwkOp::Equal || n->op == AwkOp::NotEqual)) return (x->text.view() == y->text.view()) == (n->op == AwkOp::Equal);
      c = compare_values(*x, *y);
    } else {
      AwkValue a = eval(n->a);
      c = compare_values(a, eval(n->b));
    }
  }
  switch (n->op) {
    case AwkOp::Less: return c == -1;
    case AwkOp::LessEq: return c == -1 || c == 0;
    case AwkOp::Equal: return c == 0;
    case AwkOp::NotEqual: return c != 0;
    case AwkOp::Greater: return c == 1;
    default: return c == 0 || c == 1;
  }
}

}  // namespace nacre
