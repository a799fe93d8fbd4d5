#include "commands/zip/options.h"

#include "commands/args.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

using O = ZipOptions;

struct ZipFlag {
  std::string_view letters, name;
  int value;
};   // value: 0 none, 1 one, 2 a list up to the next option or @
constexpr ZipFlag kFlags[] = {{"d", "delete", 0},
                              {"u", "update", 0},
                              {"f", "freshen", 0},
                              {"r", "recurse-paths", 0},
                              {"R", "recurse-patterns", 0},
                              {"j", "junk-paths", 0},
                              {"y", "symlinks", 0},
                              {"D", "no-dir-entries", 0},
                              {"X", "no-extra", 0},
                              {"q", "quiet", 0},
                              {"m", "move", 0},
                              {"T", "test", 0},
                              {"z", "archive-comment", 0},
                              {"@", "names-stdin", 0},
                              {"v", "verbose", 0},
                              {"FS", "filesync", 0},
                              {"sf", "show-files", 0},
                              {"o", "latest-time", 0},
                              {"g", "grow", 0},
                              {"l", "to-crlf", 0},
                              {"ll", "from-crlf", 0},
                              {"t", "from-date", 1},
                              {"tt", "before-date", 1},
                              {"n", "suffixes", 1},
                              {"x", "exclude", 2},
                              {"i", "include", 2},
                              {"O", "output-file", 1},
                              {"P", "password", 1},
                              {"e", "encrypt", 0},
                              {"h", "help", 0},
                              {"", "version", 0},
                              {"nw", "no-wild", 0},
                              {"ws", "wild-stop-dirs", 0},
                              {"Z", "compression-method", 1},
                              {"U", "copy-entries", 0},
                              {"p", "paths", 0},
                              {"MM", "must-match", 0},
                              {"TT", "unzip-command", 1},
                              {"sc", "show-command", 0},
                              {"c", "entry-comments", 0},
                              {"DF", "difference-archive", 0},
                              {"A", "adjust-sfx", 0},
                              {"J", "junk-sfx", 0},
                              {"k", "DOS-names", 0},
                              {"db", "display-bytes", 0},
                              {"dc", "display-counts", 0},
                              {"du", "display-usize", 0},
                              {"dv", "display-volume", 0},
                              {"fz-", "force-zip64-", 0},
    // Of two letters, and not to be taken for two options. They are refused.
                              {"AC", "archive-clear", 0},
                              {"AS", "archive-set", 0},
                              {"dd", "display-dots", 0},
                              {"dg", "display-globaldots", 0},
                              {"ds", "dot-size", 1},
                              {"fd", "force-descriptors", 0},
                              {"fz", "force-zip64", 0},
                              {"FF", "fixfix", 0},
                              {"FI", "fifo", 0},
                              {"ic", "ignore-case", 0},
                              {"la", "log-append", 0},
                              {"lf", "logfile-path", 1},
                              {"li", "log-info", 0},
                              {"RE", "regex", 0},
                              {"sb", "split-bell", 0},
                              {"sd", "show-debug", 0},
                              {"so", "show-options", 0},
                              {"sp", "split-pause", 0},
                              {"sv", "split-verbose", 0},
                              {"UN", "unicode", 1}};

class Reader {
 public:
  Reader(Process& p, std::string_view usage, O& o) : p_(p), usage_(usage), o_(o) {}

  std::optional<int> run() {
    const auto& argv = p_.argv();
    bool only_names = false;
    std::vector<std::string>* list = nullptr;
    bool archive_seen = false;
    for (at_ = 1; at_ < argv.size(); at_++) {
      const std::string& w = argv[at_];
      if (only_names || w.size() < 2 || w[0] != '-') {
        if (list && w == "@") list = nullptr;
        else if (list && archive_seen) list->push_back(w);
        else if (!archive_seen) {
          o_.archive = w;
          archive_seen = true;
        } else o_.files.push_back(w);
        continue;
      }
      list = nullptr;
      if (w == "--") {
        if (!archive_seen) return zip_error(p_, "Invalid command arguments (can't use -- before archive name)", 16);
        only_names = true;
        continue;
      }
      auto status = w[1] == '-' ? long_option(w.substr(2), list) : short_options(w.substr(1), list);
      if (status) return status;
    }
    if (o_.show_command) return show_command();
    if (!archive_seen) {
      if (!o_.included.empty() || !o_.excluded.empty()) return zip_error(p_, "Invalid command arguments (nothing to select from)", 16);
      if (p_.isatty(1)) return print(usage_);
      o_.archive = "-";
    }
    if (o_.output.empty()) {
      if (o_.action == O::Copy) return zip_error(p_, "Invalid command arguments (-U (--copy) requires -O (--out))", 16);
      if (o_.difference) return zip_error(p_, "Invalid command arguments (-DF (--diff) requires -O (--out))", 16);
    } else if (o_.action == O::Add && !o_.difference && o_.files.empty() && !o_.names_from_stdin && o_.archive != "-") {
      o_.action = O::Copy;
    }
    return std::nullopt;
  }

 private:
  int show_command() {
    std::string text = "command line:\n";
    for (const auto& word : p_.argv()) text += "'" + word + "'  ";
    (void)p_.write(1, text + "\n");
    return zip_error(p_, "Interrupted (show command line)", 9);
  }
  int print(std::string_view text) {
    Output out(p_);
    out.write(text);
    return out.finish(0);
  }

  std::optional<int> long_option(const std::string& word, std::vector<std::string>*& list) {
    size_t eq = word.find('=');
    std::string name = word.substr(0, eq);
    const ZipFlag* found = nullptr;
    for (const auto& f : kFlags) {
      if (f.name == name) {
        found = &f;
        break;
      }
      if (!f.name.starts_with(name)) continue;
      if (found) return zip_error(p_, "Invalid command arguments (long option '" + name + "' ambiguous)", 16);
      found = &f;
    }
    if (!found) return zip_error(p_, "Invalid command arguments (long option '" + name + "' not supported)", 16);
    std::optional<std::string> value;
    if (eq != word.npos) value = word.substr(eq + 1);
    return apply(*found, value, list);
  }

  std::optional<int> short_options(std::string_view letters, std::vector<std::string>*& list) {
    while (!letters.empty()) {
      char c = letters[0];
      if (c >= '0' && c <= '9') {
        o_.level = c - '0';
        letters.remove_prefix(1);
        continue;
      }
      const ZipFlag* found = nullptr;
      for (size_t n : {size_t{3}, size_t{2}, size_t{1}}) {
        for (const auto& f : kFlags)
          if (!found && letters.size() >= n && f.letters.size() == n && letters.starts_with(f.letters)) found = &f;
      }
      if (!found) return zip_error(p_, std::string("Invalid command arguments (short option '") + c + "' not supported)", 16);
      letters.remove_prefix(found->letters.size());
      std::optional<std::string> value;
      if (found->value && !letters.empty()) {
        value = std::string(letters.starts_with('=') ? letters.substr(1) : letters);
        letters = {};
      }
      if (auto status = apply(*found, value, list)) return status;
    }
    return std::nullopt;
  }

  std::optional<int> apply(const ZipFlag& f, std::optional<std::string> value, std::vector<std::string>*& list) {
    const auto& argv = p_.argv();
    if (f.value == 1 && !value) {
      if (at_ + 1 >= argv.size())
        return zip_error(p_,
                         "Invalid command arguments (option '" + std::string(f.letters) + "' (" +
                             std::string(f.letters == "t"    ? "exclude before date"
                                         : f.letters == "tt" ? "include before date"
                                         : f.letters == "P"  ? "encrypt entries, option value is password"
                                                             : f.name) +
                             ") requires a value)",
                         16);
      value = argv[++at_];
    }
    if (f.name == "exclude" || f.name == "include") {
      auto& to = f.name == "exclude" ? o_.excluded : o_.included;
      if (value && value->starts_with('@')) return patterns_from(value->substr(1), to);
      if (value) to.push_back(*value);
      else {
        list = &to;
        // The list takes words until the next option or "@".
        while (at_ + 1 < argv.size() && (argv[at_ + 1].empty() || argv[at_ + 1][0] != '-') && argv[at_ + 1] != "@") to.push_back(argv[++at_]);
        if (at_ + 1 < argv.size() && argv[at_ + 1] == "@") at_++;
        list = nullptr;
      }
      return std::nullopt;
    }
    static const struct {
      std::string_view name;
      bool O::* flag;
    } flags[] = {{"recurse-paths", &O::recurse},
                 {"recurse-patterns", &O::recurse_patterns},
                 {"junk-paths", &O::junk_paths},
                 {"symlinks", &O::symlinks},
                 {"no-dir-entries", &O::no_directories},
                 {"no-extra", &O::no_extra},
                 {"quiet", &O::quiet},
                 {"move", &O::move},
                 {"test", &O::test},
                 {"archive-comment", &O::comment},
                 {"names-stdin", &O::names_from_stdin},
                 {"verbose", &O::verbose},
                 {"filesync", &O::sync},
                 {"show-files", &O::show_files},
                 {"latest-time", &O::latest_time},
                 {"grow", &O::grow},
                 {"no-wild", &O::no_wild},
                 {"wild-stop-dirs", &O::wild_stop},
                 {"must-match", &O::must_match},
                 {"show-command", &O::show_command},
                 {"entry-comments", &O::entry_comments},
                 {"difference-archive", &O::difference},
                 {"adjust-sfx", &O::adjust},
                 {"junk-sfx", &O::junk_prefix},
                 {"DOS-names", &O::dos_names},
                 {"display-bytes", &O::show_bytes},
                 {"display-counts", &O::show_counts},
                 {"display-usize", &O::show_size},
                 {"display-volume", &O::show_volume}};
    for (const auto& k : flags)
      if (k.name == f.name) return o_.*k.flag = true, std::nullopt;
    if (f.name == "delete") return action(O::Delete);
    if (f.name == "update") return action(O::Update);
    if (f.name == "freshen") return action(O::Freshen);
    if (f.name == "copy-entries") return action(O::Copy);
    if (f.name == "compression-method") return method(*value);
    if (f.name == "to-crlf") o_.line_ends = 1;
    else if (f.name == "from-crlf") o_.line_ends = 2;
    else if (f.name == "output-file") o_.output = *value;
    else if (f.name == "unzip-command") o_.test_command = *value;
    else if (f.name == "paths") return std::nullopt;   // what is done anyway, but with -j
    else if (f.name == "force-zip64-") return std::nullopt;   // nothing here is beyond what needs no Zip64
    else if (f.name == "password" && value->empty()) return zip_error(p_, "Invalid command arguments (zero length password not allowed)", 16);
    else if (f.name == "password") o_.password = *value;
    else if (f.name == "encrypt" && !p_.isatty(2)) return zip_error(p_, "Invalid command arguments (stderr is not a tty)", 16);
    else if (f.name == "suffixes") return suffixes(*value);
    else if (f.name == "from-date") return date(*value, o_.from_day);
    else if (f.name == "before-date") return date(*value, o_.before_day);
    else if (f.name == "help") return print(usage_);
    else if (f.name == "version") return print_version(p_);
    else return zip_error(p_, "Invalid command arguments (option '" + std::string(f.name) + "' not supported)", 16);
    return std::nullopt;
  }
  std::optional<int> method(std::string_view value) {
    static constexpr std::pair<std::string_view, uint16_t> kMethods[] = {{"store", 0}, {"deflate", 8}, {"bzip2", 12}};
    for (const auto& [name, number] : kMethods) {
      if (value.empty() || value.size() > name.size() || !equal_folded(name.substr(0, value.size()), value)) continue;
      o_.method = number;
      return std::nullopt;
    }
    (void)p_.write(1, "\tzip warning: valid compression methods are:  store, deflate, bzip2\n\tzip warning: unknown compression method found:  " +
                          std::string(value) + "\n");
    return zip_error(p_, "Invalid command arguments (Option -Z (--compression-method):  unknown method)", 16);
  }
  static bool equal_folded(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return x == (y >= 'A' && y <= 'Z' ? y + 32 : y); });
  }
  std::optional<int> action(O::Action a) {
    if (o_.action != O::Add && o_.action != a) return zip_error(p_, "Invalid command arguments (specify just one action)", 16);
    o_.action = a;
    return std::nullopt;
  }
  std::optional<int> suffixes(std::string_view text) {
    o_.stored_suffixes.clear();
    while (!text.empty()) {
      size_t end = std::min(text.find_first_of(":;"), text.size());
      if (end) o_.stored_suffixes.emplace_back((text[0] == '.' ? "" : ".") + std::string(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
  }
  // mmddyyyy or yyyy-mm-dd
  std::optional<int> date(const std::string& text, std::optional<int64_t>& out) {
    std::string digits;
    for (char c : text)
      if (c >= '0' && c <= '9') digits += c;
    bool iso = text.size() == 10 && text[4] == '-' && text[7] == '-';
    if (digits.size() != 8 || (!iso && text.size() != 8))
      return zip_error(p_, "Invalid command arguments (invalid date entered for -t option - use mmddyyyy or yyyy-mm-dd)", 16);
    if (!iso) digits = digits.substr(4) + digits.substr(0, 4);
    int64_t n = *parse_int(digits);
    out = process_zone(p_).seconds(n / 10000, n / 100 % 100, n % 100, 0, 0, 0);
    return std::nullopt;
  }
  std::optional<int> patterns_from(const std::string& file, std::vector<std::string>& to) {
    auto text = read_file(p_, file);
    if (!text) return zip_error(p_, "Could not open for reading (" + file + ")", 18);
    std::string_view rest = *text;
    while (!rest.empty()) {
      size_t end = std::min(rest.find('\n'), rest.size());
      if (end) to.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::nullopt;
  }

  Process& p_;
  std::string_view usage_;
  O& o_;
  size_t at_ = 1;
};

}  // namespace

int zip_error(Process& p, const std::string& text, int status) {
  // On standard output, unless the archive goes there.
  bool piped = false;
  for (const auto& a : p.argv()) piped = piped || a == "-";
  (void)p.write(piped ? 2 : 1, "\nzip error: " + text + "\n");
  return status;
}

std::optional<int> read_zip_options(Process& p, std::string_view usage, ZipOptions& o) { return Reader(p, usage, o).run(); }

}  // namespace nacre
