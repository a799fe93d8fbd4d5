/// ShellTestHost: what test, [ and [[ ask of the shell and its file system.
#pragma once
#include "algo/test_expr.h"
#include "shell/shell.h"

namespace nacre {

class ShellTestHost : public TestHost {
 public:
  explicit ShellTestHost(Shell& sh) : sh_(sh) {}
  bool stat(std::string_view path, bool follow, FileFacts& out) override;
  bool access(std::string_view path, uint32_t bits) override;
  bool is_terminal(int fd) override { return sh_.process().isatty(fd); }
  uint32_t uid() override { return sh_.process().credentials().uid; }
  uint32_t gid() override { return sh_.process().credentials().gid; }
  bool variable_set(std::string_view name) override { return sh_.expander().is_set(name); }
  bool is_nameref(std::string_view name) override;
  bool option_set(std::string_view name) override;

 private:
  Shell& sh_;
};

}  // namespace nacre
