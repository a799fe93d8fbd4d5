/// Printer: the state bash keeps while it prints a command: indentation,
/// whether the next command continues a line, and here-documents whose bodies
/// wait for the connector after their command.
///
/// The odd places (a blank line after a here-document, `for ((1; 1; 1))`) are
/// bash's own; the recorded tests hold them.
/// Source: observed output of bash 5.2.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.h"

namespace nacre {

class Printer {
 public:
  /// `out` receives the text; text already in it is not looked at.
  /// `in_substitution`: the commands of a $(...), where newlines are kept.
  explicit Printer(std::string& out, bool in_substitution = false) : out_(out), start_(out.size()), in_substitution_(in_substitution) {}

  /// Functions inside are printed without the word "function".
  void set_posix(bool on) { posix_ = on; }
  /// Tells the commands their lines, counted from here.
  void record_lines() { records_lines_ = true, counted_ = out_.size(); }
  void list(const ast::List& l);
  void command(const ast::Command& c);
  /// "name () \n{ ... }" as a definition of its own.
  void function(const ast::Function& f);
  /// "() {  ...\n}": the value of BASH_FUNC_name%%, where a line is indented by one blank at any depth.
  void exported_function(const ast::Function& f);
  void end() { print_deferred(""); }

 private:
  void note_line(const ast::Command& c);
  void begin_node();
  void indent();
  void newline(std::string_view text);
  void semicolon();
  void body(const ast::List* l);
  void connector(const ast::ListItem& item, bool last);
  void words(ast::Seq<const ast::Word*> words, std::string_view separator);

  void simple(const ast::Simple& c);
  void assignment(const ast::Assignment& a);
  void pipeline(const ast::Pipeline& p);
  void and_or(const ast::AndOr& c);
  void group(const ast::Group& g);
  void subshell(const ast::Group& g);
  void if_command(const ast::If& c, size_t arm);
  void loop(const ast::Loop& c);
  void for_command(const ast::For& c);
  void arith_for(const ast::ArithFor& c);
  void case_command(const ast::Case& c);
  void nested_function(const ast::Function& f);
  void function_body(const ast::Function& f);
  void cond(const ast::CondExpr& e);
  void compound(const ast::Command& c);

  void redirections(ast::Seq<ast::Redirect> list, bool stderr_to_pipe);
  void redirection(const ast::Redirect& r);
  void descriptor(const ast::Redirect& r, int standard);
  void duplication(const ast::Redirect& r);
  void here_document_header(const ast::Redirect& r);
  void here_document_bodies(const std::vector<const ast::Redirect*>& list);
  void print_deferred(std::string_view connector);

  std::string& out_;
  size_t start_;
  bool in_substitution_;
  bool posix_ = false;
  bool records_lines_ = false;
  size_t counted_ = 0;         ///< up to here newlines are in line_
  uint32_t line_ = 1;
  bool flat_ = false;          ///< exported_function()
  int indentation_ = 0;
  int skip_indent_ = 0;
  int in_function_ = 0;
  int in_connection_ = 0;
  bool was_here_document_ = false;
  bool pipe_stderr_ = false;   ///< the next command is followed by |&
  std::vector<const ast::Redirect*> deferred_;
};

}  // namespace nacre
