/// interp: runs an expression. Every part of it maps a list of nodes to a list of nodes; nodes
/// are changed in place by assignments, and what was asked for but is not there is an `absent`
/// node that an assignment puts into its parent.
///
/// Errors: the first one is kept; everything returns early with empty lists after it.
/// Source: mikefarah yq v4 documentation, "Operators".
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "algo/regex.h"
#include "commands/yq/ast.h"
#include "commands/yq/formats.h"
#include "kernel/process.h"

namespace nacre::yq {

struct Variable {
  std::string name;
  List nodes;
  std::shared_ptr<const Variable> outer;
};

struct Context {
  List nodes;
  std::shared_ptr<const Variable> variables;
  bool read_only = false;               ///< what is not there is no result
  std::shared_ptr<const std::string> time_layout;

  Context with(List l) const { return {std::move(l), variables, read_only, time_layout}; }
  Context reading() const { return {nodes, variables, true, time_layout}; }
  Context reading(Node* n) const { return {{n}, variables, true, time_layout}; }
  Context single(Node* n) const { return {{n}, variables, read_only, time_layout}; }
};

class Interp {
 public:
  Interp(Process& p, Tree& tree, const FormatOptions& formats) : p_(p), tree_(tree), formats_(formats) {}

  List run(const Expr& e, List nodes);
  List eval(const Expr& e, const Context& c);
  /// The first result for one node; null when there is none.
  Node* first(const Expr& e, const Context& c, Node* n);

  bool failed() const { return failed_; }
  const std::string& error() const { return error_; }
  /// Keeps the first message. Returns an empty list.
  List fail(std::string message);
  Node* fail_node(std::string message) {
    fail(std::move(message));
    return nullptr;
  }
  void forget_error() { failed_ = false, error_.clear(); }

  Process& process() { return p_; }
  Tree& tree() { return tree_; }
  const FormatOptions& formats() const { return formats_; }
  /// Names of the files by index.
  std::vector<std::string> files;
  std::map<std::string, List> globals;
  void new_documents() { absent_.clear(); }

  /// fn for each input, its result placed in that input's document. A null result is left out.
  List each(const Context& c, const std::function<Node*(Node*)>& fn);
  /// Gives a new value the place of another.
  Node* placed(Node* fresh, const Node* like);

  // ---- paths.cc
  void field(Node* n, const std::string& name, const Context& c, bool optional, List& out);
  void index(Node* n, Node* key, const Context& c, bool optional, List& out);
  void children(Node* n, List& out, bool keys);
  void descendants(Node* n, List& out, bool keys);
  Node* path_of(const Node* n);
  std::string nice_path(const Node* n);
  Node* key_of(Node* n);
  /// The node a path of keys leads to from n; null when it leads nowhere.
  Node* at_path(Node* n, const Node* path, const Context& c);

  // ---- assign.cc
  void materialize(Node* n);
  /// Makes target have the value of source, keeping its style and comments where that makes sense.
  void update(Node* target, const Node* source, bool clobber_tags = false);
  void remove(Node* n);
  void merge(Node* target, const Node* source, const Merge& how);
  List assign(const Expr& e, const Context& c);
  List compound(const Expr& e, const Context& c);
  List set_attribute(const Expr& e, const Context& c);
  bool explode(Node* n, size_t& made);

  // ---- operators.cc
  List binary(const Expr& e, const Context& c);
  List logic(const Expr& e, const Context& c);
  Node* calculate(Op op, Node* a, Node* b, const Merge& how);
  int compare(const Node* a, const Node* b) const;   ///< the order of sort

  // ---- shared by functions
  const Regex* regex(const std::string& pattern, bool ignore_case);
  /// Text of the first result of an argument; nothing after fail().
  std::optional<std::string> argument(const Expr& e, size_t i, const Context& c);
  std::optional<std::string> encode(Format f, Node* n, int indent);
  Node* decode(Format f, std::string_view text);

 private:
  List eval_here(const Expr& e, const Context& c);
  List object(const Expr& e, const Context& c);
  List text(const Expr& e, const Context& c);
  List bind(const Expr& e, const Context& c);
  List reduce(const Expr& e, const Context& c);
  List slice(const Expr& e, const Context& c);
  Node* absent(Node* parent, Node* key);
  Node* add(Node* a, Node* b);
  Node* subtract(Node* a, Node* b);
  Node* multiply(Node* a, Node* b, const Merge& how);
  Node* divide(Node* a, Node* b);
  Node* modulo(Node* a, Node* b);
  Node* ordered(Op op, Node* a, Node* b);

  Process& p_;
  Tree& tree_;
  const FormatOptions& formats_;
  bool failed_ = false;
  std::string error_;
  std::map<std::pair<Node*, std::string>, Node*> absent_;
  std::map<std::string, std::unique_ptr<Regex>> regexes_;
};

/// Tables of functions, one a file.
std::span<const Function> collection_functions();
std::span<const Function> text_functions();
std::span<const Function> node_functions();
std::span<const Function> format_functions();
std::span<const Function> time_functions();

/// Adds a duration as Go writes it ("1h30m", "-10s") to a time; nothing when one is no such thing.
std::optional<std::string> add_duration(std::string_view time, std::string_view duration, int sign, const std::string* layout);

}  // namespace nacre::yq
