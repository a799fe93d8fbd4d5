/// process_list: the processes of the sandbox as /proc shows them, for ps, pgrep,
/// pkill and pstree. Source: Linux proc(5).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct ProcessInfo {
  int pid = 0, ppid = 0, pgrp = 0, session = 0, tty = 0, tty_group = -1, priority = 20, nice = 0, threads = 1;
  char state = 'S';
  uint32_t uid = 0, gid = 0;
  uint64_t cpu_ticks = 0, start_ticks = 0;   ///< in hundredths of a second; start: after boot
  uint64_t size = 0, resident = 0;           ///< bytes, pages
  std::string command;                       ///< at most 15 bytes
  std::vector<std::string> args, env;        ///< env only where asked for and allowed
  std::string pending, blocked, ignored, caught;   ///< sets of signals, 16 hexadecimal digits

  /// The command line, or the name in brackets if there is none.
  std::string command_line() const;
};

constexpr uint64_t kTicksPerSecond = 100, kPageBytes = 4096;

/// Every process, by pid.
std::vector<ProcessInfo> list_processes(Process& p, bool with_env = false);
/// Text of a file of /proc; "" if it is gone.
std::string proc_text(Process& p, const std::string& path);
/// Seconds since boot, and the time of it.
double seconds_since_boot(Process& p);
int64_t boot_time(Process& p);
/// Kilobytes of a line of /proc/meminfo ("MemTotal").
uint64_t memory_info(Process& p, std::string_view name);
/// "pts/0", "?" for none.
std::string terminal_name(int tty);
/// Device number of "pts/0", "/dev/pts/0", "tty", "?"; -1 if there is no such terminal.
int terminal_number(std::string_view name);

}  // namespace nacre
