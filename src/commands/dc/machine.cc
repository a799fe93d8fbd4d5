#include "commands/dc/machine.h"

#include <algorithm>

namespace nacre {
namespace {

constexpr int64_t kLargest = 2147483647;

bool digit(int c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

}  // namespace

DcMachine::DcMachine(Process& p) : p_(p), out_(p, "DC_LINE_LENGTH", 0), tick_([&p](uint32_t n) { p.tick(n); }) {}

void DcMachine::charge(uint64_t bytes) {
  p_.charge_memory(bytes);
  charged_ += bytes;
}

void DcMachine::say(const std::string& text) {
  out_.raw().flush();
  write_error(p_, "dc: " + text + "\n");
}

// GNU's sends all but the name to standard output.
void DcMachine::unknown(int c) {
  out_.raw().flush();
  write_error(p_, "dc: ");
  if (c > ' ' && c < 0x7f) out_.raw().format("'%c' (%#o) unimplemented\n", c, static_cast<unsigned>(c));
  else out_.raw().format("%#o unimplemented\n", static_cast<unsigned>(c));
}

// A command lacks the name behind it.
void DcMachine::ended() {
  if (frames_.empty() && in_file_) failed_ = true;
  say(frames_.empty() && in_file_ ? "unexpected EOF" : "unexpected EOS");
}

bool DcMachine::need(size_t n) {
  if (stack_.size() >= n) return true;
  say("stack empty");
  return false;
}

bool DcMachine::pop(DcValue& v) {
  if (!need(1)) return false;
  v = std::move(stack_.back());
  stack_.pop_back();
  return true;
}

void DcMachine::push(DcValue v) {
  uint64_t bytes = v.text ? 0 : v.number.bytes();
  if (bytes > 4096) p_.check_memory(bytes);
  stack_.push_back(std::move(v));
  if (stack_.size() <= room_) return;
  charge(sizeof(DcValue) * 1024 + bytes);
  room_ += 1024;
}

void DcMachine::work(const Decimal& a, const Decimal& b) {
  uint64_t size = a.bytes() + b.bytes() + scale_ / 2;
  if (size < 4096) return p_.tick();
  p_.check_memory(size * 4);
  p_.tick(static_cast<uint32_t>(std::min<uint64_t>(size / 8 + a.bytes() / 64 * (b.bytes() / 64), 1u << 30)));
}

// The next byte of what runs; -1 at the end of a macro or of the source.
int DcMachine::get() {
  if (!frames_.empty()) {
    Frame& f = frames_.back();
    return at_end(f) ? -1 : static_cast<unsigned char>((*f.text)[f.at++]);
  }
  return pushed_ != -2 ? std::exchange(pushed_, -2) : (*source_)();
}

bool DcMachine::run(const std::function<int()>& source, bool file) {
  in_file_ = file;
  source_ = &source;
  frames_.clear();
  pushed_ = -2;
  for (;;) {
    p_.tick();
    int c = get();
    if (c < 0 && frames_.empty()) return true;
    if (c < 0) frames_.pop_back();
    else if (!command(c)) return false;
  }
}

bool DcMachine::command(int c) {
  if (digit(c) || c == '.' || c == '_') {
    number(c);
    return true;
  }
  switch (c) {
    case ' ':
    case '\t':
    case '\n': return true;
    case '[': string(); return true;
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '~':
    case '^': arithmetic(c); return true;
    case '|': power_modulus(); return true;
    case 'v': root(); return true;
    case 'c':
    case 'd':
    case 'r':
    case 'f':
    case 'z': stack_command(c); return true;
    case 'R': rotate(); return true;
    case 'i':
    case 'o':
    case 'k': parameter(c); return true;
    case 'I': push(Decimal(ibase_)); return true;
    case 'O': push(Decimal(obase_)); return true;
    case 'K': push(Decimal(static_cast<int64_t>(scale_))); return true;
    case 's':
    case 'l':
    case 'S':
    case 'L':
    case ':':
    case ';': register_command(c); return true;
    default: return more_commands(c);
  }
}

bool DcMachine::more_commands(int c) {
  DcValue v;
  switch (c) {
    case 'p':
      if (need(1)) print(stack_.back(), true);
      return true;
    case 'n':
      if (pop(v)) print(v, false);
      return true;
    case 'P': print_bytes(); return true;
    case 'x':
      if (pop(v)) execute(std::move(v));
      return !over_;
    case '<':
    case '>':
    case '=': compare_and_run(c, false); return true;
    case '!': exclamation(); return true;
    case '?':
      out_.raw().flush();
      execute({Decimal(), std::make_shared<const std::string>(read_line())});
      return true;
    case 'q': return quit();
    case 'Q': quit_levels(); return true;
    case 'Z':
    case 'X': count(c == 'Z'); return true;
    case 'a': character(); return true;
    case '#':
      for (c = get(); c >= 0 && c != '\n';) c = get();
      return true;
    default: unknown(c); return true;
  }
}

void DcMachine::number(int c) {
  bool negative = c == '_';
  if (negative)
    for (c = get(); c == ' ' || c == '\t' || c == '\n';) c = get();
  std::string values;
  size_t fraction = 0;
  for (bool point = false; digit(c) || (c == '.' && !point); c = get()) {
    if (c == '.') {
      point = true;
      continue;
    }
    values += static_cast<char>(c <= '9' ? c - '0' : c - 'A' + 10);
    fraction += point;
    if ((values.size() & 0xffff) == 0) p_.check_memory(values.size());
    p_.tick();
  }
  // The byte behind it comes again.
  if (c >= 0) {
    if (frames_.empty()) pushed_ = c;
    else frames_.back().at--;
  }
  Decimal d = Decimal::from_digits(values, static_cast<uint64_t>(ibase_), fraction);
  push(negative ? d.negated() : d);
}

void DcMachine::string() {
  auto text = std::make_shared<std::string>();
  for (int depth = 1, c = get(); c >= 0; c = get()) {
    if (c == '[') depth++;
    if (c == ']' && --depth == 0) break;
    text->push_back(static_cast<char>(c));
    if ((text->size() & 0xffff) == 0) p_.tick(65536);
  }
  if (text->size() > 4096) charge(text->size());
  push(DcValue{Decimal(), std::move(text)});
}

void DcMachine::stack_command(int c) {
  switch (c) {
    case 'c': stack_.clear(); break;
    case 'd':
      if (need(1)) push(stack_.back());
      break;
    case 'r':
      if (stack_.size() >= 2) std::swap(stack_[stack_.size() - 1], stack_[stack_.size() - 2]);
      break;
    case 'f':
      for (size_t i = stack_.size(); i-- > 0;) print(stack_[i], true);
      break;
    default: push(Decimal(static_cast<int64_t>(stack_.size()))); break;
  }
}

// The operands stay where they are when something is wrong with them.
void DcMachine::arithmetic(int c) {
  if (!need(2)) return;
  const DcValue &first = stack_[stack_.size() - 2], &second = stack_.back();
  if (first.text || second.text) return say("non-numeric value");
  Decimal a = first.number, b = second.number;
  work(a, b);
  std::optional<Decimal> r;
  switch (c) {
    case '+': r = add(a, b); break;
    case '-': r = subtract(a, b); break;
    case '*': r = multiply(a, b, scale_); break;
    case '/': r = divide(a, b, scale_); break;
    case '%': r = remainder(a, b, scale_); break;
    case '~': return divide_both(a, b);
    default: {
      if (b.scale() > 0) write_error(p_, "Runtime warning: non-zero scale in exponent\n");
      auto n = b.integer();
      uint64_t bytes = n ? power_bytes(a, *n) : UINT64_MAX;
      if (!n || bytes > uint64_t{1} << 33) {
        write_error(p_, "Runtime error: exponent too large in raise\n");
        r = Decimal(1);
        break;
      }
      if (bytes > 4096) p_.check_memory(bytes * 2);
      p_.tick(static_cast<uint32_t>(std::min<uint64_t>(bytes / 8, 1u << 30)));
      r = power(a, *n, scale_);
      if (!r) r = Decimal(0);
    }
  }
  if (!r) return say(c == '%' ? "remainder by zero" : "divide by zero");
  stack_.pop_back();
  stack_.pop_back();
  push(std::move(*r));
}

void DcMachine::divide_both(const Decimal& a, const Decimal& b) {
  auto quotient = divide(a, b, scale_), rest = remainder(a, b, scale_);
  if (!quotient) return say("divide by zero");
  stack_.pop_back();
  stack_.pop_back();
  push(*quotient);
  push(*rest);
}

void DcMachine::root() {
  DcValue v;
  if (!pop(v)) return;
  if (v.text) return say("square root of nonnumeric attempted");
  work(v.number, v.number);
  if (auto r = square_root(v.number, scale_)) push(*r);
  else say("square root of negative number");
}

void DcMachine::power_modulus() {
  if (!need(3)) return;
  const DcValue* v = &stack_[stack_.size() - 3];
  if (v[0].text || v[1].text || v[2].text) return say("non-numeric value");
  Decimal base = v[0].number, exponent = v[1].number, modulus = v[2].number;
  if (modulus.zero()) return say("remainder by zero");
  if (exponent.negative()) return;
  auto warn = [&](const Decimal& d, const char* what) {
    if (d.scale() > 0) write_error(p_, std::string("Runtime warning: non-zero scale in ") + what + "\n");
  };
  warn(base, "base");
  warn(exponent, "exponent");
  warn(modulus, "modulus");
  p_.tick(static_cast<uint32_t>(std::min<uint64_t>(exponent.bytes() * modulus.bytes() / 64 * modulus.bytes() / 64, 1u << 30)));
  stack_.resize(stack_.size() - 3);
  push(power_modulo(base, exponent.with_scale(0), modulus, scale_, tick_));
}

void DcMachine::rotate() {
  DcValue v;
  if (!pop(v)) return;
  auto n = small(v);
  if (!n) return;
  size_t count = std::min(stack_.size(), static_cast<size_t>(*n < 0 ? -*n : *n));
  if (count < 2) return;
  auto from = stack_.end() - static_cast<long>(count);
  p_.tick(static_cast<uint32_t>(count / 8));
  if (*n > 0) std::rotate(from, from + 1, stack_.end());
  else std::rotate(from, stack_.end() - 1, stack_.end());
}

std::optional<int64_t> DcMachine::small(const DcValue& v) {
  if (v.text) return std::nullopt;
  auto n = v.number.integer();
  if (n && *n >= -kLargest - 1 && *n <= kLargest) return n;
  if (n && *n > kLargest && *n <= kLargest + 1) return std::nullopt;
  say("value overflows simple integer; punting...");
  return std::nullopt;
}

void DcMachine::parameter(int c) {
  DcValue v;
  if (!pop(v)) return;
  auto n = small(v);
  if (c == 'i') {
    if (n && *n >= 2 && *n <= 16) ibase_ = *n;
    else say("input base must be a number between 2 and 16 (inclusive)");
  } else if (c == 'o') {
    if (n && *n > 1) obase_ = *n;
    else say("output base must be a number greater than 1");
  } else {
    if (n && *n >= 0) scale_ = static_cast<size_t>(*n);
    else say("scale must be a nonnegative number");
  }
}

void DcMachine::register_command(int c) {
  int name = get();
  if (name < 0) return ended();
  Register& r = registers_[name];
  DcValue v;
  switch (c) {
    case 's':
    case 'S':
      if (!pop(v)) return;
      if (c == 'S') charge(sizeof(Entry));
      if (r.empty() || c == 'S') r.emplace_back();
      r.back().value = std::move(v);
      return;
    case 'l': return push(r.empty() ? DcValue{} : r.back().value);
    case 'L': {
      if (!r.empty()) {
        push(std::move(r.back().value));
        r.pop_back();
        return;
      }
      char text[64];
      bool shown = name > ' ' && name < 0x7f;
      std::snprintf(text, sizeof text, "stack register %s%c%s%#o%s is empty", shown ? "'" : "", shown ? name : ' ', shown ? "' (" : "",
                    static_cast<unsigned>(name), shown ? ")" : "");
      return say(text);
    }
    default: return array_command(c == ':', r);
  }
}

void DcMachine::array_command(bool store, Register& r) {
  DcValue index, value;
  if (!pop(index)) return;
  auto n = small(index);
  if (!n || *n < 0) say("array index must be a nonnegative integer");
  bool fine = n && *n >= 0;
  if (!store) {
    if (!fine) return;
    if (!r.empty() && r.back().array)
      if (auto at = r.back().array->find(static_cast<uint32_t>(*n)); at != r.back().array->end()) value = at->second;
    return push(value);
  }
  if (!fine) {
    if (!stack_.empty()) stack_.pop_back();
    return;
  }
  if (!pop(value)) return;
  if (r.empty()) r.emplace_back();
  if (!r.back().array) r.back().array = std::make_shared<Array>();
  if (r.back().array->insert_or_assign(static_cast<uint32_t>(*n), std::move(value)).second) charge(128);
}

void DcMachine::compare_and_run(int c, bool negated) {
  int name = get();
  if (name < 0) return ended();
  if (!need(2)) return;
  const DcValue &second = stack_[stack_.size() - 2], &top = stack_.back();
  if (second.text || top.text) return say("non-numeric value");
  int order = compare(top.number, second.number);
  stack_.resize(stack_.size() - 2);
  bool holds = c == '<' ? order < 0 : c == '>' ? order > 0 : order == 0;
  if (holds == negated) return;
  Register& r = registers_[name];
  if (r.empty()) return;
  execute(r.back().value);
}

// !< != !> are comparisons; anything else is a line for the shell.
void DcMachine::exclamation() {
  int c = get();
  if (c == '<' || c == '>' || c == '=') return compare_and_run(c, true);
  std::string line;
  for (; c >= 0 && c != '\n'; c = get()) line += static_cast<char>(c);
  out_.raw().flush();
  (void)p_.run({"/bin/sh", "-c", line});
}

void DcMachine::print(const DcValue& v, bool newline) {
  if (v.text) {
    out_.raw().write(*v.text);
  } else {
    if (v.number.bytes() > 65536) p_.check_memory(v.number.bytes() * 8);
    out_.write(v.number.text(static_cast<uint64_t>(obase_), tick_));
  }
  if (newline) out_.put('\n');
}

// A number is written as bytes, the highest first.
void DcMachine::print_bytes() {
  DcValue v;
  if (!pop(v)) return;
  if (v.text) return out_.raw().write(*v.text);
  Decimal rest = v.number.with_scale(0), byte = 256;
  if (rest.negative()) rest = rest.negated();
  std::string bytes;
  do {
    bytes += static_cast<char>(*remainder(rest, byte, 0)->integer());
    rest = *divide(rest, byte, 0);
    p_.tick(static_cast<uint32_t>(1 + rest.bytes() / 64));
  } while (!rest.zero());
  out_.raw().write(std::string(bytes.rbegin(), bytes.rend()));
}

// Z: digits without zeros in front, or characters; X: digits behind the point.
void DcMachine::count(bool digits) {
  DcValue v;
  if (!pop(v)) return;
  if (v.text) return push(Decimal(digits ? static_cast<int64_t>(v.text->size()) : 0));
  if (!digits) return push(Decimal(static_cast<int64_t>(v.number.scale())));
  push(Decimal(static_cast<int64_t>(v.number.significant_digits())));
}

void DcMachine::character() {
  DcValue v;
  if (!pop(v)) return;
  char c = '\0';
  if (v.text) {
    if (!v.text->empty()) c = (*v.text)[0];
  } else {
    c = static_cast<char>(remainder(v.number.with_scale(0), Decimal(256), 0)->integer().value_or(0));
  }
  push(DcValue{Decimal(), std::make_shared<const std::string>(1, c)});
}

void DcMachine::execute(DcValue v) {
  if (!v.text) return push(std::move(v));
  Frame next{std::move(v.text)};
  if (!frames_.empty() && at_end(frames_.back())) {
    next.levels += frames_.back().levels;
    frames_.back() = std::move(next);
    return;
  }
  if (frames_.size() % 1024 == 1023) charge(1024 * sizeof(Frame));
  frames_.push_back(std::move(next));
}

// Leaves macros; false when there are not so many (all are left then).
bool DcMachine::leave(uint64_t levels) {
  while (levels > 0 && !frames_.empty()) {
    levels -= std::min(levels, frames_.back().levels);
    frames_.pop_back();
  }
  return levels == 0;
}

bool DcMachine::quit() {
  uint64_t levels = 0;
  for (const auto& f : frames_)
    if ((levels += f.levels) > 1) break;
  if (levels < 2) return false;
  leave(2);
  return true;
}

void DcMachine::quit_levels() {
  DcValue v;
  if (!pop(v)) return;
  auto n = v.text ? std::nullopt : v.number.integer();
  if (!n || *n < 1) return say("Q command requires a number >= 1");
  // GNU's 1Q leaves nothing.
  if (*n == 1 && !frames_.empty()) return;
  if (!leave(static_cast<uint64_t>(*n))) say("Q command argument exceeded string execution depth");
}

}  // namespace nacre
