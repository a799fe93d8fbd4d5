/// BcMachine: runs BcCode on a stack of numbers. Calls of functions keep a stack of
/// their own, so that recursion is bounded by memory alone.
/// Source: POSIX XCU bc; GNU bc manual 3 and 4.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "commands/bc/compiler.h"
#include "commands/folded_output.h"

namespace nacre {

/// The elements of an array that were set. Charges the memory it takes.
class BcArray {
 public:
  explicit BcArray(Process& p) : p_(p) {}
  BcArray(const BcArray& o) : p_(o.p_), elements_(o.elements_) { charge(o.charged_); }
  ~BcArray() { p_.release_memory(charged_); }
  Decimal get(uint32_t index) const {
    auto at = elements_.find(index);
    return at == elements_.end() ? Decimal() : at->second;
  }
  void set(uint32_t index, Decimal value) {
    charge(value.bytes() + 64);
    elements_[index] = std::move(value);
  }

 private:
  // Values that are replaced stay charged at their largest.
  void charge(uint64_t bytes) {
    if (elements_.size() * 64 + bytes <= charged_) return;
    p_.charge_memory(bytes);
    charged_ += bytes;
  }
  Process& p_;
  uint64_t charged_ = 0;
  std::unordered_map<uint32_t, Decimal> elements_;
};

class BcMachine {
 public:
  BcMachine(Process& p, BcTables& tables, BcLexer& lexer, FoldedOutput& out, bool math);
  ~BcMachine();
  /// False: halt.
  bool run(BcCode& code);

 private:
  struct Saved {
    BcParameter what;
    Decimal value;
    std::shared_ptr<BcArray> array;
  };
  struct Frame {
    uint32_t function;
    BcCode* code;
    size_t pc;
    std::vector<Saved> saved;
    size_t base;
  };

  bool step(const BcInstruction& i);
  void arithmetic(BcOp op);
  void raise(const Decimal& base, const Decimal& exponent);
  void comparison(BcOp op);
  void call(const BcInstruction& i);
  bool bind(BcFunction& f, const std::string& kinds, Frame& frame);
  void native(char letter, const std::string& kinds);
  void give_back();
  void unwind();
  void save(Frame& frame, BcParameter what);
  void number(BcText& text);
  Decimal read_number();
  Decimal from_text(std::string_view digits) const;
  void print(bool line);
  void print_string(std::string_view text);
  int64_t random();

  Decimal load(uint32_t variable) const;
  void store(uint32_t variable, const Decimal& value);
  void assign(Decimal& slot, Decimal value);
  std::optional<uint32_t> index(const Decimal& subscript, uint32_t array);
  std::shared_ptr<BcArray>& array(uint32_t number);

  Decimal pop();
  void push(Decimal d) { stack_.push_back(std::move(d)); }
  void error(const std::string& text);
  void warning(const std::string& text) { message("warning", text); }
  void message(const char* kind, const std::string& text);
  void work(const Decimal& a, const Decimal& b);

  Process& p_;
  BcTables& tables_;
  BcLexer& lexer_;
  FoldedOutput& out_;
  Tick tick_;
  std::vector<Decimal> stack_, variables_;
  std::vector<std::shared_ptr<BcArray>> arrays_;
  std::vector<uint32_t> array_arguments_;
  std::vector<Frame> frames_;
  uint64_t charged_ = 0;
  int64_t ibase_ = 10, obase_ = 10, history_ = -1;
  size_t scale_ = 0;
  bool failed_ = false;
  uint32_t address_ = 0;
  std::vector<int32_t> random_;
};

}  // namespace nacre
