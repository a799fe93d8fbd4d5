/// BcCompiler: reads statements of bc and lowers them to BcCode.
///
/// What one line (or one braced group) holds is compiled as a whole before it is
/// run; a syntax error drops it. Precedence is GNU bc's: ! binds less than
/// comparison's operands, an assignment takes everything to its right but
/// comparisons, a minus sign binds more than ^.
/// Source: POSIX XCU bc, "Grammar"; GNU bc manual 2.
#pragma once
#include <memory>
#include <optional>

#include "commands/bc/lexer.h"
#include "commands/bc/program.h"

namespace nacre {

struct BcOptions {
  bool standard = false, warn = false, math = false, quiet = false, interactive = false;
};

/// All that has a name.
struct BcTables {
  BcNames variables, arrays, function_names;
  std::vector<std::unique_ptr<BcFunction>> functions;

  BcTables();
  uint32_t function(std::string_view name);
};

class BcCompiler {
 public:
  enum class Item : uint8_t { End, Nothing, Run, Quit };
  BcCompiler(Process& p, const BcOptions& options, BcTables& tables, BcLexer& lexer);

  /// Reads a line. Run: its code is in `code`.
  Item next(BcCode& code);
  /// Text for standard output that a statement wants at once (limits, warranty).
  std::function<void(std::string_view)> on_text;

 private:
  using Flags = uint8_t;   // of an expression
  static constexpr Flags kAssigned = 0, kValue = 1, kComparison = 2, kVoid = 4, kParentheses = 8;
  struct Target {
    bool array;
    uint32_t number;
  };
  struct Loop {
    uint32_t leave;
    std::optional<uint32_t> again;
  };

  // -- words
  BcToken peek();
  void take() { have_ = false; }
  void give_back(BcToken token, const std::string& text);
  bool is(char c) { return peek() == BcToken::Character && text_[0] == c; }
  bool is_word(std::string_view word) { return peek() == BcToken::Keyword && text_ == word; }
  bool expect(char c);
  void optional_newline();

  // -- messages; those that return return false
  void error(const std::string& text);
  bool syntax();
  void warn(const std::string& text);
  void skip_line();

  // -- code
  void emit(BcOp op, uint32_t size, uint32_t operand = 0);
  void emit_text(BcOp op, uint32_t size, std::string_view text, uint32_t operand = 0);
  void emit_number(std::string_view digits);
  void emit_named(BcOp op, uint32_t operand) { emit(op, operand < 128 ? 2 : 3, operand); }
  uint32_t label();
  void place(uint32_t label) { code_->labels[label] = static_cast<uint32_t>(code_->instructions.size()); }
  void jump(BcOp op, uint32_t label) { emit(op, 3, label); }

  // -- statements (statements.cc); false after a syntax error
  bool statements(bool braced);
  bool statement();
  bool plain_statement();
  bool expression_statement();
  bool for_statement();
  bool for_part(char end, const char* comparison, const char* is_void, bool& empty);
  bool if_statement();
  bool while_statement();
  bool return_statement();
  bool print_statement();
  bool condition();
  bool function();
  bool declared(std::vector<BcParameter>& to, bool parameter);

  // -- expressions (expressions.cc): operators that bind at least so much
  bool expression(Flags& flags, int least = 0);
  bool binary(Flags& flags, int least);
  bool operand(Flags& flags);
  bool boolean(Flags& flags, bool both);
  bool primary(Flags& flags);
  bool keyword(Flags& flags);
  bool parentheses(Flags& flags);
  bool named(Target& target);
  bool target_expression(const Target& t, Flags& flags);
  bool assignment(const Target& t, Flags& flags);
  void emit_step(const Target& t, char sign, bool before);
  bool call(const std::string& name, Flags& flags);
  bool argument(std::string& kinds);
  bool in_parentheses(const char* what, BcOp op, Flags& flags);
  bool subscript();
  bool no_void(Flags flags, const std::string& what);
  uint32_t variable(const std::string& name, bool array);
  void long_name(const std::string& name);

  Process& p_;
  const BcOptions& o_;
  BcTables& tables_;
  BcLexer& lexer_;
  BcToken token_ = BcToken::End;
  std::string text_;
  bool have_ = false;
  std::vector<std::pair<BcToken, std::string>> ahead_;   // given back, the next one last
  bool had_error_ = false, quit_ = false;
  BcCode* code_ = nullptr;
  BcFunction* function_ = nullptr;
  std::vector<Loop> loops_;
  int depth_ = 0;
};

}  // namespace nacre
