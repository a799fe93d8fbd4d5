/// The columns of ps: names, headers, widths, and what they show of a process.
/// Source: procps-ng 4.0 ps(1), "STANDARD FORMAT SPECIFIERS".
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/accounts.h"
#include "commands/process_list.h"
#include "commands/zone.h"

namespace nacre {

/// What columns need besides the process.
struct PsWorld {
  Process& p;
  Accounts accounts;
  TimeZone zone;
  int64_t now = 0, boot = 0;
  double up = 0;
  uint64_t memory_kb = 0;
  bool show_env = false, real_names = false, numeric = false;   ///< BSD e, c, n

  explicit PsWorld(Process& process);
};

enum class PsAlign : uint8_t {
  Left,
  Right,
  User,      ///< left; a number stands right
  Free,      ///< left, and as long as it likes in the last column
};

struct PsColumn {
  std::string_view name, header;
  int width;
  PsAlign align;
  std::string (*text)(PsWorld&, const ProcessInfo&);
  /// What to sort by: a number, or the text where there is none.
  int64_t (*key)(PsWorld&, const ProcessInfo&);
};

std::span<const PsColumn> ps_columns();
const PsColumn* find_ps_column(std::string_view name);

}  // namespace nacre
