/// LineEditor: editing and history on a terminal, with libedit. The library is
/// loaded when the first interactive shell starts, so that scripts do not pay for it.
/// Source: editline(3).
#pragma once
#include <string>

namespace nacre::cli {

class LineEditor {
 public:
  LineEditor();
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  /// False without a terminal or without libedit.
  bool available() const { return editor_ != nullptr; }
  /// The next line with its newline; "" at the end of input.
  std::string read(const std::string& prompt);

 private:
  struct Library;
  Library* lib_ = nullptr;
  void* editor_ = nullptr;
  void* history_ = nullptr;
  std::string prompt_;
};

}  // namespace nacre::cli
