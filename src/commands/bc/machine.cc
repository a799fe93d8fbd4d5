#include "commands/bc/machine.h"

#include <algorithm>

#include "algo/decimal_math.h"

namespace nacre {
namespace {

constexpr int64_t kLargest = 2147483647;   // scale, obase
constexpr int64_t kLargestIndex = 16777215;
constexpr uint64_t kFrameBytes = 256;

int digit_value(char c) { return c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10; }

}  // namespace

BcMachine::BcMachine(Process& p, BcTables& tables, BcLexer& lexer, FoldedOutput& out, bool math)
    : p_(p), tables_(tables), lexer_(lexer), out_(out), tick_([&p](uint32_t n) { p.tick(n); }) {
  if (!math) return;
  scale_ = 20;
  for (char letter : {'e', 'l', 's', 'a', 'c', 'j'}) {
    BcFunction& f = *tables_.functions[tables_.function(std::string(1, letter))];
    f.defined = true;
    f.native = letter;
  }
}

BcMachine::~BcMachine() { p_.release_memory(charged_); }

void BcMachine::message(const char* kind, const std::string& text) {
  out_.raw().flush();
  uint32_t function = frames_.back().function;
  write_error(p_,
              std::string("Runtime ") + kind + " (func=" + tables_.function_names.name(function) + ", adr=" + std::to_string(address_) + "): " + text + "\n");
}

void BcMachine::error(const std::string& text) {
  message("error", text);
  failed_ = true;
}

Decimal BcMachine::pop() {
  if (stack_.empty()) return Decimal();
  Decimal d = std::move(stack_.back());
  stack_.pop_back();
  return d;
}

// What an operation on these costs, and whether its result fits.
void BcMachine::work(const Decimal& a, const Decimal& b) {
  uint64_t size = a.bytes() + b.bytes() + scale_ / 2;
  if (size < 4096) return p_.tick();
  p_.check_memory(size * 4);
  p_.tick(static_cast<uint32_t>(std::min<uint64_t>(size / 8 + a.bytes() / 64 * (b.bytes() / 64), 1u << 30)));
}

bool BcMachine::run(BcCode& code) {
  failed_ = false;
  frames_.clear();
  stack_.clear();
  frames_.push_back({0, &code, 0, {}, 0});
  while (!failed_) {
    Frame& frame = frames_.back();
    if (frame.pc >= frame.code->instructions.size()) break;
    const BcInstruction& i = frame.code->instructions[frame.pc++];
    address_ = i.end;
    p_.tick();
    if (!step(i)) {
      unwind();
      return false;
    }
  }
  unwind();
  return true;
}

// Leaves all functions after an error.
void BcMachine::unwind() {
  while (frames_.size() > 1) give_back();
}

// Ends the innermost call: its variables get their old values.
void BcMachine::give_back() {
  Frame& frame = frames_.back();
  for (size_t k = frame.saved.size(); k-- > 0;) {
    Saved& s = frame.saved[k];
    if (s.what.kind == BcParameter::Scalar) assign(variables_[s.what.name], std::move(s.value));
    else arrays_[s.what.name] = std::move(s.array);
  }
  uint64_t bytes = kFrameBytes + frame.saved.size() * sizeof(Saved);
  p_.release_memory(bytes);
  frames_.pop_back();
}

Decimal BcMachine::load(uint32_t v) const {
  switch (v) {
    case kBcIbase: return Decimal(ibase_);
    case kBcObase: return Decimal(obase_);
    case kBcScale: return Decimal(static_cast<int64_t>(scale_));
    case kBcHistory: return Decimal(history_);
    default: return v < variables_.size() ? variables_[v] : Decimal();
  }
}

void BcMachine::assign(Decimal& slot, Decimal value) {
  constexpr size_t kLarge = 4096;
  size_t now = value.bytes(), before = slot.bytes();
  if (now > kLarge) {
    p_.charge_memory(now);
    charged_ += now;
  }
  if (before > kLarge && before <= charged_) {
    p_.release_memory(before);
    charged_ -= before;
  }
  slot = std::move(value);
}

void BcMachine::store(uint32_t v, const Decimal& value) {
  auto n = value.integer();
  switch (v) {
    case kBcIbase:
      if (n && *n < 2) warning("ibase too small, set to 2");
      else if (!n || *n > 36) warning("ibase too large, set to 36");
      ibase_ = value.negative() ? 2 : std::clamp<int64_t>(n.value_or(36), 2, 36);
      return;
    case kBcObase:
      if (n && *n < 2) warning("obase too small, set to 2");
      else if (!n || *n > kLargest) warning("obase too large, set to 2147483647");
      obase_ = value.negative() ? 2 : std::clamp<int64_t>(n.value_or(kLargest), 2, kLargest);
      return;
    case kBcScale:
      if (value.negative()) warning("negative scale, set to 0");
      else if (!n || *n > kLargest) warning("scale too large, set to 2147483647");
      scale_ = value.negative() ? 0 : static_cast<size_t>(std::min(n.value_or(kLargest), kLargest));
      return;
    case kBcHistory: history_ = n.value_or(-1); return;
    default:
      if (v >= variables_.size()) variables_.resize(v + 1);
      assign(variables_[v], value);
  }
}

std::shared_ptr<BcArray>& BcMachine::array(uint32_t number) {
  if (number >= arrays_.size()) arrays_.resize(number + 1);
  if (!arrays_[number]) arrays_[number] = std::make_shared<BcArray>(p_);
  return arrays_[number];
}

std::optional<uint32_t> BcMachine::index(const Decimal& subscript, uint32_t number) {
  auto n = subscript.integer();
  // A fraction of 0 is not 0.
  if (n && *n >= 0 && *n <= kLargestIndex && (*n > 0 || subscript.zero())) return static_cast<uint32_t>(*n);
  error("Array " + tables_.arrays.name(number) + " subscript out of bounds.");
  return std::nullopt;
}

bool BcMachine::step(const BcInstruction& i) {
  BcCode& code = *frames_.back().code;
  switch (i.op) {
    case BcOp::Number: number(code.texts[i.text]); break;
    case BcOp::Load: push(load(i.operand)); break;
    case BcOp::Store: store(i.operand, stack_.back()); break;
    case BcOp::Increment: store(i.operand, add(load(i.operand), Decimal(1))); break;
    case BcOp::Decrement: store(i.operand, subtract(load(i.operand), Decimal(1))); break;
    case BcOp::LoadArray:
      if (auto at = index(pop(), i.operand)) push(array(i.operand)->get(*at));
      break;
    case BcOp::StoreArray: {
      Decimal value = pop();
      auto at = index(pop(), i.operand);
      if (at) array(i.operand)->set(*at, value);
      push(std::move(value));
      break;
    }
    case BcOp::IncrementArray:
    case BcOp::DecrementArray:
      if (auto at = index(pop(), i.operand)) {
        BcArray& a = *array(i.operand);
        a.set(*at, add(a.get(*at), Decimal(i.op == BcOp::IncrementArray ? 1 : -1)));
      }
      break;
    case BcOp::ArrayName: push(Decimal(static_cast<int64_t>(i.operand))); break;
    case BcOp::Duplicate: push(stack_.back()); break;
    case BcOp::Swap: std::swap(stack_[stack_.size() - 1], stack_[stack_.size() - 2]); break;
    case BcOp::Pop: pop(); break;
    case BcOp::Negate: stack_.back() = stack_.back().negated(); break;
    case BcOp::Not: stack_.back() = Decimal(stack_.back().zero()); break;
    case BcOp::Equal:
    case BcOp::NotEqual:
    case BcOp::Less:
    case BcOp::LessEqual:
    case BcOp::Greater:
    case BcOp::GreaterEqual: comparison(i.op); break;
    case BcOp::Jump: frames_.back().pc = code.labels[i.operand]; break;
    case BcOp::JumpIfZero:
      if (pop().zero()) frames_.back().pc = code.labels[i.operand];
      break;
    case BcOp::JumpIfTrue:
      if (!pop().zero()) frames_.back().pc = code.labels[i.operand];
      break;
    case BcOp::Call: call(i); break;
    case BcOp::Return:
      if (frames_.size() > 1) {
        Decimal result = pop();
        size_t base = frames_.back().base;
        give_back();
        stack_.resize(std::min(stack_.size(), base));
        push(std::move(result));
      }
      break;
    case BcOp::Length: {
      Decimal d = pop();
      bool below_one = d.scale() > 0 && d.with_scale(0).zero();
      push(Decimal(static_cast<int64_t>(below_one ? d.scale() : d.integer_digits() + d.scale())));
      break;
    }
    case BcOp::SquareRoot: {
      Decimal d = pop();
      work(d, d);
      if (auto root = square_root(d, scale_)) push(*root);
      else error("Square root of a negative number");
      break;
    }
    case BcOp::Scale: push(Decimal(static_cast<int64_t>(pop().scale()))); break;
    case BcOp::Read: push(read_number()); break;
    case BcOp::Random: push(Decimal(random())); break;
    case BcOp::PrintLine: print(true); break;
    case BcOp::Print: print(false); break;
    case BcOp::String: out_.write(code.texts[i.text].text); break;
    case BcOp::PrintString: print_string(code.texts[i.text].text); break;
    case BcOp::Halt: return false;
    default: arithmetic(i.op); break;
  }
  return true;
}

void BcMachine::arithmetic(BcOp op) {
  Decimal b = pop(), a = pop();
  work(a, b);
  switch (op) {
    case BcOp::Add: push(add(a, b)); break;
    case BcOp::Subtract: push(subtract(a, b)); break;
    case BcOp::Multiply: push(multiply(a, b, scale_)); break;
    case BcOp::Divide:
      if (auto q = divide(a, b, scale_)) push(*q);
      else error("Divide by zero");
      break;
    case BcOp::Modulo:
      if (auto r = remainder(a, b, scale_)) push(*r);
      else error("Modulo by zero");
      break;
    default: raise(a, b); break;
  }
}

void BcMachine::raise(const Decimal& base, const Decimal& exponent) {
  if (exponent.scale() > 0) warning("non-zero scale in exponent");
  auto n = exponent.integer();
  uint64_t bytes = n ? power_bytes(base, *n) : UINT64_MAX;
  // More than GNU MP can hold.
  if (!n || bytes > uint64_t{1} << 33) return error("exponent too large in raise");
  if (bytes > 4096) {
    p_.check_memory(bytes * 2);
    p_.tick(static_cast<uint32_t>(std::min<uint64_t>(bytes, 1u << 30)));
  }
  if (auto r = power(base, *n, scale_)) push(*r);
  else error("divide by zero");
}

void BcMachine::comparison(BcOp op) {
  Decimal b = pop(), a = pop();
  work(a, b);
  int c = compare(a, b);
  bool result = op == BcOp::Equal       ? c == 0
                : op == BcOp::NotEqual  ? c != 0
                : op == BcOp::Less      ? c < 0
                : op == BcOp::LessEqual ? c <= 0
                : op == BcOp::Greater   ? c > 0
                                        : c >= 0;
  push(Decimal(result));
}

void BcMachine::save(Frame& frame, BcParameter what) {
  if (what.kind == BcParameter::Scalar) {
    if (what.name >= variables_.size()) variables_.resize(what.name + 1);
    frame.saved.push_back({what, variables_[what.name], nullptr});
  } else {
    frame.saved.push_back({what, Decimal(), array(what.name)});
  }
}

// Arguments become variables; those of arrays are found by their number on the stack.
bool BcMachine::bind(BcFunction& f, const std::string& kinds, Frame& frame) {
  size_t count = kinds.size(), first = stack_.size() - count;
  for (size_t k = 0; k < count; k++) {
    address_++;
    if (k >= f.parameters.size()) {
      error("Parameter number mismatch");
      return false;
    }
    const BcParameter& q = f.parameters[k];
    bool is_array = kinds[k] == '1';
    if (is_array != (q.kind != BcParameter::Scalar)) {
      error("Parameter type mismatch, parameter (null).");
      address_++;
      if (k + 1 == count) error("Parameter number mismatch");
      return false;
    }
    if (!is_array) {
      save(frame, q);
      assign(variables_[q.name], stack_[first + k]);
      continue;
    }
    auto given = array(static_cast<uint32_t>(*stack_[first + k].integer()));
    save(frame, q);
    arrays_[q.name] = q.kind == BcParameter::ArrayReference ? given : std::make_shared<BcArray>(*given);
  }
  address_++;
  if (count < f.parameters.size()) {
    error("Parameter number mismatch");
    return false;
  }
  return true;
}

void BcMachine::call(const BcInstruction& i) {
  BcFunction& f = *tables_.functions[i.operand];
  const std::string& kinds = frames_.back().code->texts[i.text].text;
  if (!f.defined) return error("Function " + tables_.function_names.name(i.operand) + " not defined.");
  if (f.native) return native(static_cast<char>(f.native), kinds);
  Frame frame{i.operand, &f.code, 0, {}, 0};
  bool fine = bind(f, kinds, frame);
  stack_.resize(stack_.size() - kinds.size());
  frame.base = stack_.size();
  if (fine) {
    for (const auto& a : f.autos) {
      save(frame, a);
      if (a.kind == BcParameter::Scalar) assign(variables_[a.name], Decimal());
      else arrays_[a.name] = std::make_shared<BcArray>(p_);
    }
  }
  p_.charge_memory(kFrameBytes + frame.saved.size() * sizeof(Saved));
  frames_.push_back(std::move(frame));
  if (!fine) give_back();
}

void BcMachine::native(char letter, const std::string& kinds) {
  size_t wanted = letter == 'j' ? 2 : 1;
  for (size_t k = 0; k < kinds.size(); k++) {
    address_++;
    if (k >= wanted) return error("Parameter number mismatch");
    if (kinds[k] == '1') {
      error("Parameter type mismatch, parameter (null).");
      address_++;
      if (k + 1 == kinds.size()) error("Parameter number mismatch");
      return;
    }
  }
  address_++;
  if (kinds.size() < wanted) return error("Parameter number mismatch");
  Decimal x = pop();
  p_.check_memory(scale_ * 4);
  switch (letter) {
    case 'e':
      p_.check_memory(decimal_exp_bytes(x, scale_) * 2);
      push(decimal_exp(x, scale_, tick_));
      break;
    case 'l': push(decimal_log(x, scale_, tick_)); break;
    case 's': push(decimal_sin(x, scale_, tick_)); break;
    case 'c': push(decimal_cos(x, scale_, tick_)); break;
    case 'a': push(decimal_atan(x, scale_, tick_)); break;
    default: {
      Decimal order = pop();
      auto n = order.integer();
      p_.check_memory(power_bytes(x, n.value_or(INT64_MAX)) * 2);
      push(decimal_bessel(order, x, scale_, tick_));
    }
  }
}

// Digits as text. One alone has its own value (outside base 10, also before a point); others
// are no larger than the base allows.
Decimal BcMachine::from_text(std::string_view text) const {
  if (text.size() == 1) return Decimal(digit_value(text[0]));
  std::string values;
  size_t point = std::min(text.find('.'), text.size());
  for (char c : text) {
    if (c == '.') continue;
    bool alone = values.empty() && point == 1 && ibase_ != 10;
    values += static_cast<char>(alone ? digit_value(c) : std::min<int>(digit_value(c), static_cast<int>(ibase_ - 1)));
  }
  return Decimal::from_digits(values, static_cast<uint64_t>(ibase_), point < text.size() ? text.size() - point - 1 : 0);
}

void BcMachine::number(BcText& text) {
  if (text.base != static_cast<uint64_t>(ibase_)) {
    p_.tick(static_cast<uint32_t>(text.text.size() / 8));
    text.value = from_text(text.text);
    text.base = static_cast<uint64_t>(ibase_);
  }
  push(text.value);
}

Decimal BcMachine::read_number() {
  out_.raw().flush();
  int c = lexer_.standard_byte();
  while (c >= 0 && c <= ' ') c = lexer_.standard_byte();
  bool negative = c == '-';
  if (c == '+' || c == '-') c = lexer_.standard_byte();
  std::string digits;
  for (bool point = false;; c = lexer_.standard_byte()) {
    if (c == '\\') c = lexer_.standard_byte();
    if (c == '\n' && digits.ends_with('\\')) continue;
    if (c >= 'a' && c <= 'z') c += 'A' - 'a';
    bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    if (!digit && (c != '.' || point)) break;
    point = point || c == '.';
    digits += static_cast<char>(c);
    if ((digits.size() & 0xffff) == 0) p_.check_memory(digits.size());
  }
  if (digits.empty() || digits == ".") return Decimal();
  Decimal d = from_text(digits);
  return negative ? d.negated() : d;
}

void BcMachine::print(bool line) {
  Decimal d = pop();
  if (d.bytes() > 65536) p_.check_memory(d.bytes() * 8);
  out_.write(d.text(static_cast<uint64_t>(obase_), tick_));
  if (line) out_.put('\n');
  store(kBcLast, d);
}

void BcMachine::print_string(std::string_view text) {
  for (size_t k = 0; k < text.size(); k++) {
    if (text[k] != '\\') {
      out_.put(text[k]);
      continue;
    }
    if (++k == text.size()) break;
    constexpr std::string_view from = "abfnqrt\\", to = "\a\b\f\n\"\r\t\\";
    size_t at = from.find(text[k]);
    if (at != std::string_view::npos) out_.put(to[at]);
  }
}

// As random(3) of the C library without a seed.
int64_t BcMachine::random() {
  constexpr size_t kDegree = 31, kSeparation = 3;
  if (random_.empty()) {
    random_.push_back(1);
    for (size_t i = 1; i < kDegree; i++) {
      int64_t word = (16807 * static_cast<int64_t>(random_[i - 1])) % 2147483647;
      random_.push_back(static_cast<int32_t>(word < 0 ? word + 2147483647 : word));
    }
    std::rotate(random_.begin(), random_.begin() + kSeparation, random_.end());
    for (size_t i = 0; i < kDegree * 10; i++) (void)random();
  }
  // The oldest is in front.
  uint32_t sum = static_cast<uint32_t>(random_[kDegree - kSeparation]) + static_cast<uint32_t>(random_[0]);
  random_.erase(random_.begin());
  random_.push_back(static_cast<int32_t>(sum));
  return sum >> 1;
}

}  // namespace nacre
