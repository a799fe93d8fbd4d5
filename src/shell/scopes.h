/// Guards: what must be undone however a piece of shell code is left,
/// also when the process dies inside it.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "base/guards.h"
#include "shell/shell.h"

namespace nacre {

/// A function's variable scope and positional parameters.
class FunctionScope {
 public:
  FunctionScope(Shell& sh, std::shared_ptr<const std::vector<std::string>> args) : sh_(sh), args_(std::move(args)) {}
  ~FunctionScope() {
    sh_.state().positional = std::move(args_);
    sh_.restore_options_of_function();
    sh_.state().frames.pop_back();
  }
  FunctionScope(const FunctionScope&) = delete;

 private:
  Shell& sh_;
  std::shared_ptr<const std::vector<std::string>> args_;
};

/// A scope of Variables.
class VariableScope {
 public:
  VariableScope(Shell& sh, Variables::ScopeKind kind) : sh_(sh) { sh_.vars().push_scope(kind); }
  ~VariableScope() {
    if (sh_.vars().pop_scope()) sh_.after_scope();
  }
  VariableScope(const VariableScope&) = delete;

 private:
  Shell& sh_;
};

/// Descriptors that redirections replaced, put back in reverse order.
class Shell::SavedFds {
 public:
  explicit SavedFds(Process& p) : process_(p) {}
  ~SavedFds() {
    if (!saved_.empty()) restore();
  }
  SavedFds(const SavedFds&) = delete;

  void save(int fd) {
    FdTable::Entry* e = process_.fds().entry(fd);
    saved_.push_back({fd, e ? *e : FdTable::Entry{}});
  }
  void restore() {
    for (size_t i = saved_.size(); i-- > 0;) {
      if (saved_[i].entry.file) process_.fds().set(saved_[i].fd, saved_[i].entry.file, saved_[i].entry.cloexec);
      else process_.fds().remove(saved_[i].fd);
    }
    saved_.clear();
  }
  /// The redirections stay: `exec`.
  void keep() { saved_.clear(); }

 private:
  struct Saved {
    int fd;
    FdTable::Entry entry;
  };
  Process& process_;
  std::vector<Saved> saved_;
};

}  // namespace nacre
