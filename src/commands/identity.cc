/// id, whoami, uname - who and where.
/// Source: GNU coreutils 9 manual, chapters 20 and 21.
/// Differs: the machine is what the sandbox says it is.
#include <algorithm>

#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kIdUsage[] =
    "Usage: id [OPTION]... [USER]...\n"
    "Print user and group information for each specified USER, or the current process.\n\n"
    "  -a              ignored\n  -Z, --context   the security context: there are none here\n  -g, --group     print only the effective group ID\n  -G, "
    "--groups    print all group IDs\n"
    "  -n, --name      print a name instead of a number, for -ugG\n  -r, --real      print the real ID instead of the effective ID\n"
    "  -u, --user      print only the effective user ID\n  -z, --zero      delimit entries with NUL characters\n"
    "      --help      display this help and exit\n      --version   output version information and exit\n";

struct IdOptions {
  bool ignored = false, group = false, groups = false, name = false, real = false, user = false, zero = false;
};
int no_contexts(Process& p) {
  p.warn("--context (-Z) works only on an SELinux-enabled kernel");
  return 1;
}
constexpr Flag<IdOptions> kIdFlags[] = {
    {'a', "", &IdOptions::ignored},
    {'g', "group", &IdOptions::group},
    {'G', "groups", &IdOptions::groups},
    {'n', "name", &IdOptions::name},
    {'r', "real", &IdOptions::real},
    {'u', "user", &IdOptions::user},
    {'z', "zero", &IdOptions::zero},
    {'Z', "context", +[](Process& p, IdOptions&, std::optional<std::string_view>) -> std::optional<int> { return no_contexts(p); }}};

struct Identity {
  uint32_t uid, gid;
  std::vector<uint32_t> groups;
};

Identity current(Process& p) {
  const Credentials& c = p.credentials();
  Identity id{c.uid, c.gid, {c.gid}};
  for (uint32_t g : c.groups)
    if (std::find(id.groups.begin(), id.groups.end(), g) == id.groups.end()) id.groups.push_back(g);
  return id;
}

Identity of_user(Accounts& accounts, const User& u) {
  Identity id{u.uid, u.gid, {u.gid}};
  for (const auto& g : accounts.groups()) {
    if (g.gid != u.gid && std::find(g.members.begin(), g.members.end(), u.name) != g.members.end()) id.groups.push_back(g.gid);
  }
  return id;
}

void print_id(Output& out, Accounts& accounts, const Identity& id, const IdOptions& o) {
  auto user = [&](uint32_t u) { return o.name ? accounts.user_name(u) : std::to_string(u); };
  auto group = [&](uint32_t g) { return o.name ? accounts.group_name(g) : std::to_string(g); };
  char end = o.zero ? '\0' : '\n';
  if (o.user) return out.line(user(id.uid), end);
  if (o.group) return out.line(group(id.gid), end);
  if (o.groups) {
    for (size_t i = 0; i < id.groups.size(); i++) out.write((i ? (o.zero ? std::string(1, '\0') : " ") : "") + group(id.groups[i]));
    return out.put(end);
  }
  auto named = [](uint32_t n, const std::string& name) { return std::to_string(n) + (name == std::to_string(n) ? "" : "(" + name + ")"); };
  out.write("uid=" + named(id.uid, accounts.user_name(id.uid)) + " gid=" + named(id.gid, accounts.group_name(id.gid)) + " groups=");
  for (size_t i = 0; i < id.groups.size(); i++) out.write((i ? "," : "") + named(id.groups[i], accounts.group_name(id.groups[i])));
  out.put('\n');
}

int id_main(Process& p) {
  IdOptions o;
  std::vector<std::string> users;
  if (auto status = parse(p, kIdUsage, kIdFlags, o, users)) return *status;
  if (o.user + o.group + o.groups > 1) {
    p.warn("cannot print \"only\" of more than one choice");
    return 1;
  }
  if ((o.name || o.real || o.zero) && !(o.user || o.group || o.groups)) {
    p.warn(o.zero && !o.name && !o.real ? "option --zero not permitted in default format" : "cannot print only names or real IDs in default format");
    return 1;
  }
  Output out(p);
  Accounts accounts(p);
  int status = 0;
  if (users.empty()) print_id(out, accounts, current(p), o);
  for (const auto& name : users) {
    const User* u = accounts.user(name);
    if (!u)
      if (auto n = parse_int(name)) u = accounts.user(static_cast<uint32_t>(*n));
    if (!u) {
      out.flush();
      p.warn("%s: no such user", quote(p, name).c_str());
      status = 1;
      continue;
    }
    print_id(out, accounts, of_user(accounts, *u), o);
  }
  return out.finish(status);
}

constexpr char kWhoamiUsage[] =
    "Usage: whoami [OPTION]...\nPrint the user name associated with the current effective user ID.\n\n      --help     display this help and exit\n      "
    "--version  output version information and exit\n";

int whoami_main(Process& p) {
  std::vector<std::string> operands;
  if (auto status = parse_plain(p, kWhoamiUsage, operands)) return *status;
  if (!operands.empty()) return extra_operand(p, operands[0]);
  Accounts accounts(p);
  const User* u = accounts.user(p.credentials().uid);
  if (!u) {
    p.warn("cannot find name for user ID %u", p.credentials().uid);
    return 1;
  }
  Output out(p);
  out.line(u->name);
  return out.finish(0);
}

constexpr char kUnameUsage[] =
    "Usage: uname [OPTION]...\nPrint certain system information.  With no OPTION, same as -s.\n\n"
    "  -a, --all                print all information\n  -s, --kernel-name        print the kernel name\n  -n, --nodename           print the network node "
    "hostname\n"
    "  -r, --kernel-release     print the kernel release\n  -v, --kernel-version     print the kernel version\n  -m, --machine            print the machine "
    "hardware name\n"
    "  -p, --processor          print the processor type\n  -i, --hardware-platform  print the hardware platform\n  -o, --operating-system   print the "
    "operating system\n"
    "      --help               display this help and exit\n      --version            output version information and exit\n";

struct UnameOptions {
  bool all = false, s = false, n = false, r = false, v = false, m = false, p = false, i = false, o = false;
};
using U = UnameOptions;
constexpr Flag<U> kUnameFlags[] = {{'a', "all", &U::all},          {'s', "kernel-name", &U::s},       {'s', "sysname", &U::s},         {'n', "nodename", &U::n},
                                   {'r', "kernel-release", &U::r}, {'r', "release", &U::r},           {'v', "kernel-version", &U::v},  {'m', "machine", &U::m},
                                   {'p', "processor", &U::p},      {'i', "hardware-platform", &U::i}, {'o', "operating-system", &U::o}};

int uname_main(Process& p) {
  U o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUnameUsage, kUnameFlags, o, operands)) return *status;
  if (!operands.empty()) return extra_operand(p, operands[0]);
  if (o.all) {   // what is not known is left out
    o.s = o.n = o.r = o.v = o.m = o.o = true;
    o.p = o.i = false;
  }
  if (!(o.s || o.n || o.r || o.v || o.m || o.p || o.i || o.o)) o.s = true;
  std::string text;
  auto add = [&](bool on, const std::string& s) {
    if (on) text += (text.empty() ? "" : " ") + s;
  };
  add(o.s, "Linux");
  add(o.n, host_name(p));
  add(o.r, "6.1.0-nacre");
  add(o.v, "#1 SMP nacre 0.1.0");
  add(o.m, "x86_64");
  add(o.p, "unknown");
  add(o.i, "unknown");
  add(o.o, "GNU/Linux");
  Output out(p);
  out.line(text);
  return out.finish(0);
}

}  // namespace

Command id_command() { return {{"id"}, kIdUsage, id_main}; }
Command whoami_command() { return {{"whoami"}, kWhoamiUsage, whoami_main}; }
Command uname_command() { return {{"uname"}, kUnameUsage, uname_main}; }

}  // namespace nacre
