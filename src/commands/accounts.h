/// accounts: names of users and groups, from /etc/passwd and /etc/group of the
/// sandbox, and the name of its machine. Source: POSIX <pwd.h>, <grp.h>; passwd(5), group(5), hostname(5).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct User {
  std::string name;
  uint32_t uid, gid;
  std::string gecos, home, shell;
};
struct Group {
  std::string name;
  uint32_t gid;
  std::vector<std::string> members;
};

/// Reads the two files once; one object per command run.
class Accounts {
 public:
  explicit Accounts(Process& p) : p_(p) {}
  const User* user(uint32_t uid);
  const User* user(std::string_view name);
  const Group* group(uint32_t gid);
  const Group* group(std::string_view name);
  const std::vector<Group>& groups();
  /// Name, or the number as text.
  std::string user_name(uint32_t uid);
  std::string group_name(uint32_t gid);

 private:
  void load();
  Process& p_;
  bool loaded_ = false;
  std::vector<User> users_;
  std::vector<Group> groups_;
};

/// "OWNER[:[GROUP]]" or ":GROUP", names or numbers, as chown takes. Unset parts stay nullopt.
struct Owner {
  std::optional<uint32_t> uid, gid;
};
/// Empty string and *out filled; otherwise what is wrong ("invalid user", "invalid group", "invalid spec").
std::string parse_owner(Accounts& accounts, std::string_view text, Owner* out);

/// The first line of /etc/hostname; what the kernel was given where there is none.
std::string host_name(Process& p);

}  // namespace nacre
