/// whereis - locate the program of a command.
/// Source: util-linux 2.38 whereis(1).
/// Differs: there are no manual pages and sources as files, so only programs are found; the
/// standard directories are those of the sandbox.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n whereis [options] [-BMS <dir>... -f] <name>\n\n"
    "Locate the program, source and manual page of a command.\n\nOptions:\n"
    " -b         programs only\n"
    " -B <dirs>  where to look for programs\n"
    " -m         manual pages only\n"
    " -M <dirs>  where to look for manual pages\n"
    " -s         sources only\n"
    " -S <dirs>  where to look for sources\n"
    " -f         ends a list of <dirs>\n"
    " -u         only names with more than one entry\n"
    " -l         print the directories that are looked in\n\n"
    " -h, --help     display this help\n"
    " -V, --version  display version\n\n"
    "For more details see whereis(1).\n";

constexpr const char* kPrograms[] = {"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/games", "/opt/bin"};
constexpr const char* kManuals[] = {"/usr/share/man/man1", "/usr/local/share/man/man1"};
constexpr const char* kSources[] = {"/usr/src"};

struct Place {
  char kind;
  std::string dir;
};

class Finder {
 public:
  explicit Finder(Process& p) : p_(p), out_(p) { standard(); }

  int run() {
    const auto& argv = p_.argv();
    if (argv.size() < 2) return usage_error("not enough arguments");
    for (size_t i = 1; i < argv.size(); i++) {
      const std::string& word = argv[i];
      if (word.size() < 2 || word[0] != '-') {
        look(word);
        continue;
      }
      if (word == "--help" || word == "--version") return word == "--help" ? help() : print_version(p_);
      // Options after a name begin anew: they hold for the names behind them.
      for (size_t k = 1; k < word.size(); k++) {
        char c = word[k];
        if (c == 'b' || c == 'm' || c == 's') {
          if (names_seen_with_kinds_) kinds_.clear();
          names_seen_with_kinds_ = false;
          kinds_ += c;
        } else if (c == 'B' || c == 'M' || c == 'S') {
          if (word.size() > k + 1) return usage_error("bad usage");
          char kind = c == 'B' ? 'b' : c == 'M' ? 'm' : 's';
          std::erase_if(places_, [&](const Place& place) { return place.kind == kind; });
          size_t before = i;
          while (i + 1 < argv.size() && argv[i + 1][0] != '-') add(kind, argv[++i]);
          if (i == before || i + 1 == argv.size()) {
            out_.flush();
            p_.warn("option -f is missing");
            status_ = 1;
          }
        } else if (c == 'f') {
          continue;
        } else if (c == 'u') {
          unusual_ = true;
        } else if (c == 'l') {
          for (const Place& place : places_) out_.line((place.kind == 'b' ? "bin: " : place.kind == 'm' ? "man: " : "src: ") + place.dir);
        } else if (c == 'h') {
          return help();
        } else if (c == 'V') {
          return print_version(p_);
        } else {
          return usage_error("bad usage");
        }
      }
    }
    return out_.finish(status_);
  }

 private:
  int usage_error(const std::string& text) {
    out_.flush();
    p_.warn("%s", text.c_str());
    return try_help(p_);
  }
  int help() {
    out_.write(kUsage);
    return out_.finish(0);
  }

  void add(char kind, const std::string& dir) {
    // A directory under two names (/bin is a link) counts once.
    auto real = p_.realpath(dir);
    if (!real) return;
    for (const Place& place : places_)
      if (place.kind == kind && place.dir == *real) return;
    places_.push_back({kind, *real});
  }
  void standard() {
    for (const char* dir : kPrograms) add('b', dir);
    if (const char* path = p_.getenv("PATH")) {
      std::string_view rest = path;
      while (!rest.empty()) {
        size_t end = std::min(rest.find(':'), rest.size());
        if (end > 0) add('b', std::string(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    for (const char* dir : kManuals) add('m', dir);
    for (const char* dir : kSources) add('s', dir);
  }

  /// A program is found by its name alone, manuals and sources as ls.1, ls.c and so on too.
  static bool same(std::string_view entry, std::string_view name, char kind) {
    if (kind == 'b') return entry == name;
    if (!entry.starts_with(name)) return false;
    entry.remove_prefix(name.size());
    return entry.empty() || entry[0] == '.';
  }

  void look(const std::string& word) {
    names_seen_with_kinds_ = true;
    std::string name(base_name(word));
    std::vector<std::string> found;
    for (char kind : std::string_view("bms")) {
      if (!kinds_.empty() && kinds_.find(kind) == std::string::npos) continue;
      for (const Place& place : places_) {
        if (place.kind != kind) continue;
        auto entries = p_.list(place.dir);
        if (!entries) continue;
        std::vector<std::string> here;
        for (const auto& entry : *entries)
          if (same(entry.name, name, kind)) here.push_back(join_path(place.dir, entry.name));
        std::sort(here.begin(), here.end());
        found.insert(found.end(), here.begin(), here.end());
      }
    }
    if (unusual_ && found.size() < 2) return;
    std::string line = name + ":";
    for (const auto& path : found) line += " " + path;
    out_.line(line);
  }

  Process& p_;
  Output out_;
  std::vector<Place> places_;
  std::string kinds_;
  int status_ = 0;
  bool unusual_ = false, names_seen_with_kinds_ = false;
};

int whereis_main(Process& p) { return Finder(p).run(); }

}  // namespace

Command whereis_command() { return {{"whereis"}, kUsage, whereis_main, MessageName::Short}; }

}  // namespace nacre
