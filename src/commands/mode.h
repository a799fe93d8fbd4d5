/// mode: file modes as text: symbolic and octal changes, and ls's ten letters.
/// Source: POSIX XCU chmod, "Extended description"; GNU coreutils manual 27.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vfs/types.h"

namespace nacre {

/// A parsed mode: "u+rwX,g=o", "0644", "+t", "=755".
class ModeChange {
 public:
  /// nullopt: not a mode.
  static std::optional<ModeChange> parse(std::string_view text);
  /// The mode that results. umask counts where no u, g, o or a was given.
  Mode apply(Mode old, bool is_dir, Mode umask) const;
  /// Octal digits alone ("755").
  bool octal() const { return octal_; }

 private:
  struct Step {
    Mode who;
    bool who_given;
    char op;
    Mode bits;
    bool copy;
    char copy_from;
    bool x_if;
    Mode special;
    bool numeric;
  };
  std::vector<Step> steps_;
  bool octal_ = false;
  bool long_octal_ = false;
};

/// "-rwxr-xr-x"
std::string mode_text(const Stat& st);

}  // namespace nacre
