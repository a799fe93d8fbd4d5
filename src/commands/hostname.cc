/// hostname - show the system's host name.
/// Source: hostname 3.23 hostname(1); hosts(5).
/// Differs: names and addresses come from /etc/hosts alone (the machine has no resolver and no
/// interface but loopback); the name cannot be set; help text is in our own words.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: hostname [-b] {NAME|-F FILE}            set the host name (from a file)\n"
    "       hostname [-a|-A|-d|-f|-i|-I|-s|-y]      show the name in one form\n"
    "       hostname                                show the host name\n"
    "Show the system's host name.\n\n"
    "    -a, --alias            other names of this host\n"
    "    -A, --all-fqdns        all long names of this host's addresses\n"
    "    -b, --boot             set the default name if there is none\n"
    "    -d, --domain           the part of the long name after its first dot\n"
    "    -f, --fqdn, --long     long name\n"
    "    -F, --file FILE        read the name to set from FILE\n"
    "    -i, --ip-address       addresses of the name\n"
    "    -I, --all-ip-addresses addresses of this host, loopback left out\n"
    "    -s, --short            the name up to its first dot\n"
    "    -y, --yp, --nis        NIS domain name\n"
    "    -h, --help             display this help and exit\n"
    "    -V, --version          output version information and exit\n";

struct Options {
  char form = 0;   ///< the last letter of -a -A -d -f -i -I -s -y
  bool boot = false, help = false, version = false;
  std::optional<std::string> file;
};
template <char letter>
void choose_form(Options& o) {
  o.form = letter;
}
constexpr Flag<Options> kFlags[] = {{'a', "alias", choose_form<'a'>},  {'A', "all-fqdns", choose_form<'A'>},  {'b', "boot", &Options::boot},
                                    {'d', "domain", choose_form<'d'>}, {'f', "fqdn", choose_form<'f'>},       {'f', "long", choose_form<'f'>},
                                    {'F', "file", &Options::file},     {'i', "ip-address", choose_form<'i'>}, {'I', "all-ip-addresses", choose_form<'I'>},
                                    {'s', "short", choose_form<'s'>},  {'y', "yp", choose_form<'y'>},         {'y', "nis", choose_form<'y'>},
                                    {'h', "help", &Options::help},     {'V', "version", &Options::version}};

/// What /etc/hosts tells of a name: the lines it stands in are one entry.
struct HostEntry {
  std::string name;   ///< the first of the first line
  std::vector<std::string> addresses, aliases;
};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  for (size_t at = line.find_first_not_of(" \t\r"); at != std::string_view::npos; at = line.find_first_not_of(" \t\r", at)) {
    size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<HostEntry> look_up(Process& p, std::string_view name) {
  auto text = read_file(p, "/etc/hosts");
  if (!text) return std::nullopt;
  std::optional<HostEntry> found;
  for (std::string_view rest = *text; !rest.empty();) {
    size_t end = std::min(rest.find('\n'), rest.size());
    auto words = words_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (words.size() < 2 || std::find(words.begin() + 1, words.end(), name) == words.end()) continue;
    if (!found) found = HostEntry{std::string(words[1]), {}, {}};
    found->addresses.emplace_back(words[0]);
    for (auto word : std::span(words).subspan(2)) found->aliases.emplace_back(word);
    if (words[1] != found->name) found->aliases.emplace_back(words[1]);
  }
  return found;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& word : list) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// Nobody may set the name here; what is wrong with it comes first all the same.
int refuse_to_set(Process& p, std::string_view name) {
  bool valid = !name.empty() && ascii_alnum(name.front()) && ascii_alnum(name.back()) &&
               std::all_of(name.begin(), name.end(), [](char c) { return ascii_alnum(c) || c == '-' || c == '.'; });
  for (std::string_view pair : {"..", "-.", ".-"}) valid = valid && name.find(pair) == std::string_view::npos;
  p.warn(valid ? "you must be root to change the host name" : "the specified hostname is invalid");
  return 1;
}

int set_from_file(Process& p, const std::string& file) {
  auto text = read_file(p, file);
  if (!text) {
    p.warn("%s", std::string(message(text.error())).c_str());
    return 1;
  }
  std::string_view rest = *text;
  while (!rest.empty()) {   // the first line that is no comment
    size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty() && line[0] != '#') return refuse_to_set(p, line);
  }
  return refuse_to_set(p, "");
}

int hostname_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.error_status = 255, .help_version = false, .short_help = true})) return *status;
  if (o.version) return print_version(p);
  Output out(p);
  if (o.help) {
    out.write(kUsage);
    return out.finish(255);
  }
  std::string name = host_name(p);
  if (o.file) return set_from_file(p, *o.file);
  if (operands.size() > 1) {
    write_error(p, kUsage);
    return 255;
  }
  if (!operands.empty()) return refuse_to_set(p, operands[0]);
  switch (o.form) {
    case 0: out.line(name); return out.finish(0);
    case 's': out.line(name.substr(0, name.find('.'))); return out.finish(0);
    case 'A':   // loopback is left out, and there is no other interface
    case 'I': out.line(""); return out.finish(0);
    case 'y':   // said on standard output
      out.line("hostname: Local domain name not set");
      return out.finish(1);
  }
  auto entry = look_up(p, name);
  if (!entry) {
    p.warn("Name or service not known");
    return 1;
  }
  size_t dot = entry->name.find('.');
  if (o.form == 'f') out.line(entry->name);
  else if (o.form == 'd' && dot != std::string::npos) out.line(entry->name.substr(dot + 1));
  else if (o.form == 'i') out.line(joined(entry->addresses));
  else if (o.form == 'a') out.line(joined(entry->aliases));
  return out.finish(0);
}

}  // namespace

Command hostname_command() { return {{"hostname"}, kUsage, hostname_main, MessageName::Short}; }

}  // namespace nacre
