/// groups, logname, arch, hostid - who and where this is.
/// Source: GNU coreutils 9.1 manual, chapters 18 and 21; POSIX XCU logname.
/// Differs: hostid is that of a host without a network.
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

#define HELP "      --help       display this help and exit\n      --version    output version information and exit\n"
constexpr char kGroupsUsage[] =
    "Usage: groups [OPTION]... [USERNAME]...\nPrint group memberships for each USERNAME or, if no USERNAME is specified, for the current process.\n\n" HELP;
constexpr char kLognameUsage[] = "Usage: logname [OPTION]\nPrint the user's login name.\n\n" HELP;
constexpr char kArchUsage[] = "Usage: arch [OPTION]...\nPrint machine architecture.\n\n" HELP;
constexpr char kHostidUsage[] = "Usage: hostid [OPTION]\nPrint the numeric identifier (in hexadecimal) for the current host.\n\n" HELP;
#undef HELP

// Names of the groups of a user: the primary one first.
std::string group_names(Accounts& accounts, uint32_t gid, std::string_view user) {
  std::string out = accounts.group_name(gid);
  for (const Group& g : accounts.groups()) {
    bool member = false;
    for (const auto& m : g.members) member = member || m == user;
    if (member && g.gid != gid) out += " " + g.name;
  }
  return out;
}

int groups_main(Process& p) {
  std::vector<std::string> users;
  if (auto status = parse_plain(p, kGroupsUsage, users)) return *status;
  Accounts accounts(p);
  Output out(p);
  int status = 0;
  if (users.empty()) {
    const Credentials& who = p.credentials();
    out.line(group_names(accounts, who.gid, accounts.user_name(who.uid)));
  }
  for (const auto& name : users) {
    const User* u = accounts.user(name);
    if (!u) {
      out.flush();
      p.warn("%s: no such user", quote(p, name).c_str());
      status = 1;
      continue;
    }
    out.line(name + " : " + group_names(accounts, u->gid, name));
  }
  return out.finish(status);
}

/// For the commands that print one word.
int print_word(Process& p, std::string_view usage, std::string_view word) {
  std::vector<std::string> operands;
  if (auto status = parse_plain(p, usage, operands)) return *status;
  if (!operands.empty()) return extra_operand(p, operands[0]);
  Output out(p);
  out.line(word);
  return out.finish(0);
}

int logname_main(Process& p) {
  Accounts accounts(p);
  return print_word(p, kLognameUsage, accounts.user_name(p.credentials().uid));
}
int arch_main(Process& p) { return print_word(p, kArchUsage, "x86_64"); }
int hostid_main(Process& p) { return print_word(p, kHostidUsage, "00000000"); }

}  // namespace

Command groups_command() { return {{"groups"}, kGroupsUsage, groups_main}; }
Command logname_command() { return {{"logname"}, kLognameUsage, logname_main}; }
Command arch_command() { return {{"arch"}, kArchUsage, arch_main}; }
Command hostid_command() { return {{"hostid"}, kHostidUsage, hostid_main}; }

}  // namespace nacre
