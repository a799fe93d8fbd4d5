/// login_records: files of logins, as /var/run/utmp is one. A sandbox has none of its own: nobody
/// ever logs in; but a script may have been given one.
/// Source: utmp(5), the layout on x86-64 Linux.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct LoginRecord {
  enum Type : int16_t { Empty, RunLevel, BootTime, NewTime, OldTime, Init, Login, User, Dead, Accounting };
  int16_t type = Empty;
  int32_t pid = 0;
  std::string line, id, user, host;
  int16_t termination = 0, exit = 0;
  int32_t seconds = 0;
  std::array<uint8_t, 16> address = {};   ///< the last twelve are 0: IPv4

  bool of_user() const { return type == User && !user.empty(); }
};

constexpr std::string_view kLoginFile = "/var/run/utmp";

/// The whole records of a file; none where it cannot be read, as getutxent() has it. `living`:
/// without the logins of processes that are gone.
std::vector<LoginRecord> read_logins(Process& p, const std::string& file, bool living);

}  // namespace nacre
