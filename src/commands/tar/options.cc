// Longer than most files: what each of some 150 options does, and what is wrong with their values.
#include "commands/tar/options.h"

#include <algorithm>

#include "commands/accounts.h"
#include "commands/mode.h"
#include "commands/option_reader.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/tar/incremental_options.h"
#include "commands/tar/option_table.h"
#include "commands/tar/words.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

using O = TarOptions;
using V = std::optional<std::string_view>;

using tar_options::kSpecs;
constexpr ArgKind R = ArgKind::Required;
constexpr char kTry[] = "Try 'tar --help' or 'tar --usage' for more information.\n";

class Reader {
 public:
  Reader(Process& p, std::string_view usage, O& o) : p_(p), usage_(usage), o_(o) {
    auto cwd = p_.getcwd();
    o_.start_dir = o_.last_dir = cwd ? *cwd : "/";
  }

  std::optional<int> run() {
    std::vector<std::string> argv = p_.argv();
    if (auto status = modernize(argv)) return status;
    if (const char* extra = p_.getenv("TAR_OPTIONS")) tar_insert_words(argv, extra);
    OptionReader reader{p_, p_.argv()[0], kTry, 64, kSpecs};
    auto status = reader.read(
        argv,
        [&](size_t k, V v) {
          note_position(k, v);
          return option(kSpecs[k].short_name, v);
        },
        [&](std::string_view name) { return add_name(name); });
    if (status) return status;
    return finish();
  }

 private:
  int fail(const std::string& text) {
    write_error(p_, std::string(p_.called()) + ": " + text + "\n" + std::string(p_.called()) + ": Error is not recoverable: exiting now\n");
    return 2;
  }
  int usage_error(const std::string& text) {
    const std::string name(p_.called());
    write_error(p_, name + ": " + text + "\nTry '" + name + " --help' or '" + name + " --usage' for more information.\n");
    return 2;
  }

  // Options that count for the names after them: those that no name follows are told about.
  void note_position(size_t k, V v) {
    int c = kSpecs[k].short_name;
    if (!((c >= kExclude && c <= kNoVerbatim) || c == 'X')) return;
    std::string text = "--" + std::string(kSpecs[k].long_name);
    if (v) text += " " + locale_quote(*v, p_.utf8());
    trailing_.push_back(text);
  }
  void tell_misplaced() {
    o_.misplaced = true;
    std::string text =
        std::string(p_.called()) +
        ": The following options were used after any non-optional arguments in archive create or update mode.  These options are positional and affect only "
        "arguments that follow them.  Please, rearrange them properly.\n";
    for (const auto& t : trailing_) text += std::string(p_.called()) + ": " + t + " has no effect\n";
    write_error(p_, text);
  }

  // "cvf a.tar d": letters without a dash, their arguments after them.
  std::optional<int> modernize(std::vector<std::string>& argv) {
    if (argv.size() < 2 || argv[1].empty() || argv[1][0] == '-') return std::nullopt;
    std::string letters = argv[1];
    std::vector<std::string> out = {argv[0]};
    size_t next = 2;
    for (char c : letters) {
      out.push_back(std::string("-") + c);
      for (const auto& spec : kSpecs) {
        if (spec.short_name != static_cast<unsigned char>(c) || spec.kind != R) continue;
        if (next >= argv.size()) {
          write_error(p_, std::string(p_.called()) + std::string(": Old option '") + c + "' requires an argument.\n" + kTry);
          return 2;
        }
        out.back() += argv[next++];
        break;
      }
    }
    out.insert(out.end(), argv.begin() + static_cast<long>(next), argv.end());
    argv = std::move(out);
    return std::nullopt;
  }

  // ---- names
  std::optional<int> add_name(std::string_view text) {
    TarName name;
    name.text = unquote_ ? tar_unquoted(text) : std::string(text);
    name.dir = o_.last_dir;
    name.pattern = names_wild_;
    name.no_wild = no_wild_;
    name.flags = {names_anchored_, fold_case_, names_wild_, match_slash_, recursion_};
    name.recurse = recursion_;
    name.excludes = o_.excludes.size();
    trailing_.clear();
    o_.names.push_back(std::move(name));
    return std::nullopt;
  }
  std::optional<int> change_dir(std::string_view dir) {
    dirs_++;
    o_.last_dir = dir.starts_with('/') ? std::string(dir) : join_path(o_.last_dir, dir);
    return std::nullopt;
  }

  std::optional<int> files_from(const std::string& file) {
    if (file != "-" && !p_.stat(file)) return fail(file + ": Cannot stat: No such file or directory");
    auto in = open_input(p_, file);
    if (!in) return fail(file + ": Cannot open");
    from_list_ = true;
    std::string_view line;
    while (in->next_line(line, null_ ? '\0' : '\n')) {
      std::string text(line);
      if (text.empty()) continue;
      if (null_ || verbatim_ || text[0] != '-') {
        while (text.size() > 1 && text.back() == '/' && !null_) text.pop_back();
        (void)add_name(text);
      } else if (text.starts_with("-C")) {
        size_t from = text.find_first_not_of(" \t", 2);
        if (from == text.npos) return fail(file + ": -C needs a directory in the same line");
        (void)change_dir(text.substr(from));
      } else if (text.starts_with("--add-file=")) {
        (void)add_name(text.substr(11));
      } else if (text.starts_with("--directory=")) {
        (void)change_dir(text.substr(12));
      } else {
        return usage_error(text + ": option is not allowed in a list of files");
      }
    }
    return std::nullopt;
  }

  void exclude(std::string_view pattern) {
    o_.excludes.emplace_back(pattern, PatternFlags{exclude_anchored_, fold_case_, exclude_wild_, match_slash_, recursion_}, p_.utf8());
  }
  std::optional<int> exclude_from(const std::string& file) {
    auto in = open_input(p_, file);
    if (!in) return fail(file + ": Cannot read");
    std::string_view line;
    while (in->next_line(line))
      if (!line.empty()) exclude(line);
    return std::nullopt;
  }

  // ---- options
  std::optional<int> operation(TarOperation op) {
    if (o_.operation != TarOperation::None && o_.operation != op)
      return usage_error("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
    o_.operation = op;
    return std::nullopt;
  }
  std::optional<int> compressor(const char* program) {
    if (!o_.compressor.empty() && o_.compressor != program) return usage_error("Conflicting compression options");
    o_.compressor = program;
    return std::nullopt;
  }

  static std::optional<uint64_t> id_number(std::string_view s) {
    auto n = number(s);
    return n && *n < UINT32_MAX ? n : std::nullopt;
  }
  static std::optional<uint64_t> number(std::string_view s) {
    auto n = parse_int(s);
    return n && *n >= 0 ? std::optional<uint64_t>(static_cast<uint64_t>(*n)) : std::nullopt;
  }
  static std::string name_of(Accounts& accounts, uint64_t id, bool group) {
    std::string name = group ? accounts.group_name(static_cast<uint32_t>(id)) : accounts.user_name(static_cast<uint32_t>(id));
    return name == std::to_string(id) ? "" : name;
  }
  std::optional<int> warning(std::string_view v) {
    bool off = v.starts_with("no-");
    std::string_view name = off ? v.substr(3) : v;
    if (std::find(std::begin(kTarWarnings), std::end(kTarWarnings), name) == std::end(kTarWarnings))
      return usage_error("invalid argument " + locale_quote(v, p_.utf8()) + " for '--warning'");
    if (v == "none" || v == "no-all") o_.silenced.emplace_back("all");
    else if (v == "all") o_.silenced.clear();
    else if (off) o_.silenced.emplace_back(name);
    else {
      std::erase(o_.silenced, std::string(name));
      o_.asked.emplace_back(name);
    }
    return std::nullopt;
  }
  // NAME, NAME:ID or +ID.
  std::optional<int> account(std::string_view v, bool group) {
    auto& name = group ? o_.create.group_name : o_.create.owner_name;
    auto& id = group ? o_.create.group_id : o_.create.owner_id;
    Accounts accounts(p_);
    size_t colon = v.find(':');
    std::string text(v.substr(0, colon));
    if (colon != v.npos) {
      auto n = id_number(v.substr(colon + 1));
      if (!n) return fail(std::string(v.substr(colon + 1)) + (group ? ": Invalid group ID" : ": Invalid owner or group ID"));
      name = text.empty() ? name_of(accounts, *n, group) : text;
      id = *n;
      return std::nullopt;
    }
    if (!text.starts_with('+')) {
      const User* user = group ? nullptr : accounts.user(std::string_view(text));
      const Group* grp = group ? accounts.group(std::string_view(text)) : nullptr;
      if (user || grp) {
        name = text;
        id = user ? user->uid : grp->gid;
        return std::nullopt;
      }
    }
    auto n = id_number(text.starts_with('+') ? std::string_view(text).substr(1) : std::string_view(text));
    if (n) {
      id = *n;
      name = name_of(accounts, *n, group);
    } else {
      name = text;   // known nowhere: the name alone
    }
    return std::nullopt;
  }

  std::optional<int> date(std::string_view v, std::optional<Timespec>& out, const char* option) {
    if (v.starts_with('/') || v.starts_with('.')) {
      auto st = p_.stat(v);
      if (!st) return fail(std::string(v) + ": Cannot stat: " + std::string(message(st.error())));
      out = st->mtime;
      return std::nullopt;
    }
    Timespec now = p_.now();
    auto parsed = parse_date(v, now.sec, now.nsec, process_zone(p_));
    if (!parsed) {
      write_error(p_, std::string(p_.called()) + ": Substituting -9223372036854775807 for unknown date format " + locale_quote(v, p_.utf8()) + "\n");
      out = Timespec{-INT64_MAX, 0};
      return std::nullopt;
    }
    out = Timespec{parsed->seconds, parsed->nanoseconds};
    dates_.push_back({std::string(option), std::string(v), *out});
    return std::nullopt;
  }

  std::optional<int> format(std::string_view v) {
    const auto found = tar_format_of(v);
    if (!found) return usage_error(std::string(v) + ": Invalid archive format");
    o_.create.format = *found;
    return std::nullopt;
  }

  std::optional<int> pax_option(std::string_view v) {
    o_.create.format = TarFormat::Pax;
    return read_pax_option(v, o_.create.pax) ? std::nullopt : std::optional<int>(fail("Malformed extended header: missing equal sign"));
  }

  void exclude_vcs() {
    for (const char* s :
         {"CVS",         ".cvsignore",   "RCS",     "SCCS", ".git",       ".gitignore", ".gitmodules", ".gitattributes", ".svn",    ".arch-ids", "{arch}",
          "=RELEASE-ID", "=meta-update", "=update", ".bzr", ".bzrignore", ".bzrtags",   ".hg",         ".hgignore",      ".hgtags", "_darcs"}) {
      o_.excludes.emplace_back(s, PatternFlags{false, false, false, true, true}, p_.utf8());
    }
  }

  std::optional<int> option(int c, V v) {
    auto& cr = o_.create;
    auto& ex = o_.extract;
    switch (c) {
      case 'A': return operation(TarOperation::Concatenate);
      case 'c': return operation(TarOperation::Create);
      case 'd': return operation(TarOperation::Diff);
      case 'r': return operation(TarOperation::Append);
      case 't': return operation(TarOperation::List);
      case 'u': return operation(TarOperation::Update);
      case 'x': return operation(TarOperation::Extract);
      case kDelete: return operation(TarOperation::Delete);
      case kTestLabel: return operation(TarOperation::TestLabel);
      case 'f': o_.archives.emplace_back(*v); break;
      case 'C': return change_dir(*v);
      case 'v': o_.verbose++; break;
      case 'z': return compressor("gzip");
      case 'Z': return compressor("compress");
      case 'j': return compressor("bzip2");
      case 'J': return compressor("xz");
      case kZstd: return compressor("zstd");
      case kLzma: return compressor("lzma");
      case 'a': o_.compressor_by_name = true; break;
      case kNoAutoCompress: o_.compressor_by_name = false; break;
      case 'I': return compressor(std::string(*v).c_str());
      case 'p': ex.same_permissions = true; break;
      case kNoSamePermissions: ex.same_permissions = false; break;
      case kSameOwner: ex.same_owner = true; break;
      case kNoSameOwner: ex.same_owner = false; break;
      case 'k': ex.existing = TarExisting::Keep; break;
      case kSkipOld: ex.existing = TarExisting::Skip; break;
      case kKeepNewer: ex.existing = TarExisting::KeepNewer; break;
      case kOverwrite: ex.existing = TarExisting::Overwrite; break;
      case 'U': ex.existing = TarExisting::UnlinkFirst; break;
      case kRecursiveUnlink: ex.recursive_unlink = true; break;
      case kNoOverwriteDir: ex.no_overwrite_dir = true; break;
      case kOverwriteDir: ex.no_overwrite_dir = false; break;
      case kKeepDirSymlink: ex.keep_directory_symlink = true; break;
      case kOneTopLevel: ex.one_top_level = std::string(v.value_or("")); break;
      case 'h': cr.dereference = true; break;
      case kHardDereference: cr.hard_dereference = true; break;
      case 'P': o_.absolute_names = true; break;
      case 'T': return files_from(std::string(*v));
      case 'X': return exclude_from(std::string(*v));
      case kExclude: exclude(*v); break;
      case kExcludeVcs: exclude_vcs(); break;
      case kExcludeBackups:
        for (const char* s : {".#*", "*~", "#*#"}) o_.excludes.emplace_back(s, PatternFlags{}, p_.utf8());
        break;
      case kExcludeCaches: cr.exclude_caches = true; break;
      case kExcludeCachesUnder: cr.exclude_caches_under = true; break;
      case kExcludeCachesAll: cr.exclude_caches_all = true; break;
      case kExcludeTag: cr.tags.emplace_back(*v); break;
      case kExcludeTagUnder: cr.tags_under.emplace_back(*v); break;
      case kExcludeTagAll: cr.tags_all.emplace_back(*v); break;
      case kAnchored: exclude_anchored_ = names_anchored_ = true; break;
      case kNoAnchored: exclude_anchored_ = names_anchored_ = false; break;
      case kIgnoreCase: fold_case_ = true; break;
      case kNoIgnoreCase: fold_case_ = false; break;
      case kWildcards: exclude_wild_ = names_wild_ = true; break;
      case kNoWildcards:
        exclude_wild_ = names_wild_ = false;
        no_wild_ = true;
        break;
      case kMatchSlash: match_slash_ = true; break;
      case kNoMatchSlash: match_slash_ = false; break;
      case kRecursion: recursion_ = true; break;
      case kNoRecursion: recursion_ = false; break;
      case kNull: null_ = verbatim_ = true; break;
      case kNoNull: null_ = false; break;
      case kVerbatim: verbatim_ = true; break;
      case kNoVerbatim: verbatim_ = false; break;
      case kAddFile: return add_name(*v);
      case kStrip: {
        auto n = number(*v);
        if (!n) return usage_error(std::string(*v) + ": Invalid number of elements");
        o_.strip = *n;
        break;
      }
      case kTransform: o_.transforms.emplace_back(*v); break;
      case kShowTransformed: o_.show_transformed = true; break;
      case kOwner: return account(*v, false);
      case kGroup: return account(*v, true);
      case kMode:
        if (!ModeChange::parse(*v)) return fail("Invalid mode given on option");
        cr.mode = std::string(*v);
        break;
      case kMtime: return date(*v, cr.mtime, "mtime");
      case kClampMtime: cr.clamp_mtime = true; break;
      default: return more_options(c, v);
    }
    return std::nullopt;
  }

  std::optional<int> more_options(int c, V v) {
    auto& cr = o_.create;
    switch (c) {
      case kSort:
        if (*v != "none" && *v != "name" && *v != "inode") {
          auto q = [&](std::string_view w) { return locale_quote(w, p_.utf8()); };
          write_error(p_, std::string(p_.called()) + ": invalid argument " + q(*v) + " for " + q("--sort") + "\nValid arguments are:\n  - " + q("none") +
                              "\n  - " + q("name") + "\n  - " + q("inode") + "\n");
          return 2;
        }
        cr.sort_names = *v == "name";
        break;
      case 'S': cr.sparse = true; break;
      case kWarning: return warning(*v);
      case kNumericOwner: o_.numeric_owner = true; break;
      case 'H': return format(*v);
      case kPaxOption: return pax_option(*v);
      case kPosix: cr.format = TarFormat::Pax; break;
      case kOldArchive: cr.format = TarFormat::V7; break;
      case 'o': old_ = true; break;
      case kOneFileSystem: cr.one_file_system = true; break;
      case kRemoveFiles: cr.remove_files = true; break;
      case kIgnoreFailedRead: cr.ignore_failed_read = true; break;
      case 'N': return date(*v, cr.newer, "after-date");
      case kNewerMtime: cr.newer_mtime_only = true; return date(*v, cr.newer, "newer-mtime");
      case 'm': o_.extract.touch = true; break;
      case 'O': o_.extract.to_stdout = true; break;
      case 'i': o_.ignore_zeros = true; break;
      case 'b': {
        auto n = number(*v);
        if (!n || *n == 0 || *n > 1 << 20) return usage_error(std::string(*v) + ": Invalid blocking factor");
        o_.blocking = *n;
        break;
      }
      case kRecordSize: {
        auto n = parse_size(*v, "bBcGgKkMmPTtwEZY");
        if (!n || *n == 0 || *n > 1 << 29) return usage_error(std::string(*v) + ": Invalid record size");
        if (*n % kTarBlock) return usage_error("Record size must be a multiple of 512.");
        o_.blocking = *n / kTarBlock;
        break;
      }
      case 'l': cr.check_links = true; break;
      case 'V': cr.label = std::string(*v); break;
      case kFullTime: o_.full_time = true; break;
      case kUtc: o_.utc = true; break;
      case kTotals: o_.totals = true; break;
      case kOccurrence:
        o_.occurrence = 1;
        if (v) {
          auto n = number(*v);
          if (!n) return fail(std::string(*v) + ": Invalid number");
          o_.occurrence = *n;
        }
        break;
      case kHelp:
      case '?':
      case kUsage: return print(usage_);
      case kVersion: return print_version(p_);
      case kShowDefaults: return print("--format=gnu -f- -b20 --quoting-style=escape\n");
      case kExcludeIgnore: cr.ignore_files.push_back({std::string(*v), TarIgnoreSyntax::Plain}); break;
      case kExcludeIgnoreRecursive: cr.ignore_files.push_back({std::string(*v), TarIgnoreSyntax::Plain}); break;
      case kExcludeVcsIgnores:
        cr.ignore_files.insert(cr.ignore_files.end(), {{".cvsignore", TarIgnoreSyntax::Cvs},
                                                       {".gitignore", TarIgnoreSyntax::Git},
                                                       {".bzrignore", TarIgnoreSyntax::Bzr},
                                                       {".hgignore", TarIgnoreSyntax::Hg}});
        break;
      case kToCommand: o_.extract.to_command = std::string(*v); break;
      case kIgnoreCommandError: o_.extract.ignore_command_error = true; break;
      case kNoIgnoreCommandError: o_.extract.ignore_command_error = false; break;
      case kBackup:
        o_.extract.backup.wanted = true;
        if (v) o_.extract.backup.control = std::string(*v);
        break;
      case kSuffix:
        o_.extract.backup.wanted = true;
        o_.extract.backup.suffix = std::string(*v);
        break;
      case 'W': o_.verify = true; break;
      case 'R': o_.block_numbers = true; break;
      case 'K':
        // A name that is asked for, and nothing before it.
        o_.starting_file = without_trailing_slashes(tar_unquoted(*v));
        return add_name(*v);
      case kIndexFile: o_.index_file = std::string(*v); break;
      case kQuotingStyle: return quoting_style(*v);
      case kCheckpoint: return checkpoint(v.value_or("10"));
      case kCheckpointAction: return checkpoint_action(*v);
      case 'w': o_.interactive = true; break;
      case kUnquote:
      case kNoUnquote: unquote_ = c == kUnquote; break;
      case kQuoteChars: o_.quote_chars += *v; break;
      case kNoQuoteChars: std::erase_if(o_.quote_chars, [&](char q) { return v->find(q) != v->npos; }); break;
      case kShowOmitted: o_.show_omitted = true; break;
      case kOwnerMap:
      case kGroupMap: return map_file(std::string(*v), c == kGroupMap);
      case kAtimePreserve: return one_of(v.value_or("replace"), "--atime-preserve", "replace", "system", cr.keep_atime);
      case kHoleDetection: {
        bool raw;   // holes are zeros, however they are looked for
        cr.sparse = true;
        return one_of(*v, "--hole-detection", "raw", "seek", raw);
      }
      case 'G': o_.incremental = true; break;
      case 'g':
        o_.incremental = true;
        o_.snapshot = std::string(*v);
        break;
      case kLevel: {
        auto n = number(*v);
        if (!n) return usage_error("Invalid incremental level value");
        o_.level = *n;
        break;
      }
      case kCheckDevice:
      case kNoCheckDevice: o_.check_device = c == kCheckDevice; break;
      case kFieldRanges: return print(kSnapshotFieldRanges);
      default: break;   // what has no meaning here: tape drives, attributes that no file has
    }
    return std::nullopt;
  }
  std::optional<int> map_file(const std::string& file, bool group) {
    if (!p_.access(file, 4)) return fail(file + ": Cannot open: " + std::string(message(p_.access(file, 4).error())));
    return read_tar_map(p_, file, group, group ? o_.create.group_map : o_.create.owner_map) ? std::nullopt
                                                                                            : std::optional<int>(fail("errors reading map file"));
  }
  // `first`: whether it is that word.
  std::optional<int> one_of(std::string_view v, const char* option, std::string_view a, std::string_view b, bool& first) {
    first = v == a;
    if (v == a || v == b) return std::nullopt;
    auto q = [&](std::string_view w) { return locale_quote(w, p_.utf8()); };
    write_error(p_, "tar: invalid argument " + q(v) + " for " + q(option) + "\nValid arguments are:\n  - " + q(a) + "\n  - " + q(b) + "\n");
    return 2;
  }
  std::optional<int> quoting_style(std::string_view v) {
    for (const Choice& c : quote_styles()) {
      if (c.word != v) continue;
      o_.quoting = static_cast<QuoteStyle>(c.value);
      return std::nullopt;
    }
    return fail("Unknown quoting style '" + std::string(v) + "'. Try 'tar --quoting-style=help' to get a list.");
  }
  // "100", or ".100" for dots.
  std::optional<int> checkpoint(std::string_view v) {
    if (v.starts_with('.')) {
      v.remove_prefix(1);
      o_.checkpoint.actions.push_back({TarCheckpointAction::Dot, ""});
    }
    auto n = number(v);
    if (!n || *n == 0) return fail("--checkpoint value is not an integer");
    o_.checkpoint.every = *n;
    return std::nullopt;
  }
  std::optional<int> checkpoint_action(std::string_view v) {
    if (o_.checkpoint.every == 0) o_.checkpoint.every = 10;
    const std::string_view name = v.substr(0, v.find('='));
    const std::string value(name.size() == v.size() ? "" : v.substr(name.size() + 1));
    using A = TarCheckpointAction;
    if (v == "." || v == "dot") o_.checkpoint.actions.push_back({A::Dot, ""});
    else if (v == "bell") o_.checkpoint.actions.push_back({A::Bell, ""});
    else if (name == "echo") o_.checkpoint.actions.push_back({A::Echo, value});
    else if (name == "sleep" && number(value)) o_.checkpoint.actions.push_back({A::Sleep, value});
    else if (name == "exec" && !value.empty()) o_.checkpoint.actions.push_back({A::Exec, value});
    else return fail(std::string(v) + ": unknown checkpoint action");
    return std::nullopt;
  }
  int print(std::string_view text) {
    Output out(p_);
    out.write(text);
    return out.finish(0);
  }

  static char letter_of(TarOperation op) { return op == TarOperation::Create ? 'c' : op == TarOperation::Append ? 'r' : 'u'; }

  std::optional<int> finish() {
    if (o_.operation == TarOperation::None) return usage_error("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
    bool writes = o_.operation == TarOperation::Create || o_.operation == TarOperation::Append || o_.operation == TarOperation::Update;
    if (old_ && o_.operation == TarOperation::Create) o_.create.format = TarFormat::V7;
    else if (old_) o_.extract.same_owner = false;
    if (o_.archives.empty()) {
      const char* tape = p_.getenv("TAPE");
      o_.archives.push_back(tape ? tape : "-");
    }
    if (writes && o_.create.sparse && (o_.create.format == TarFormat::Ustar || o_.create.format == TarFormat::V7))
      return usage_error("GNU features wanted on incompatible archive format");
    if (o_.level && !o_.snapshot) write_error(p_, std::string(p_.called()) + ": --level is meaningless without --listed-incremental\n");
    if (auto why = incremental_conflict(o_, dirs_)) return usage_error(*why);
    if (o_.verify) {
      static constexpr std::pair<TarOperation, char> kOthers[] = {{TarOperation::List, 't'}, {TarOperation::Extract, 'x'}, {TarOperation::Diff, 'd'}};
      for (auto [op, letter] : kOthers)
        if (o_.operation == op) return usage_error("'--verify' cannot be used with '-" + std::string(1, letter) + "'");
      if (writes && !o_.compressor.empty()) return usage_error("Cannot verify compressed archives");
    }
    if (o_.starting_file && writes) return usage_error("'--starting-file' cannot be used with '-" + std::string(1, letter_of(o_.operation)) + "'");
    if (!resolve_backup(p_, o_.extract.backup)) return 2;
    if (o_.checkpoint.every && o_.checkpoint.actions.empty()) o_.checkpoint.actions.push_back({TarCheckpointAction::Echo, ""});
    if (o_.archives.size() > 1) return usage_error("Multiple archive files require '-M' option");
    if (o_.operation == TarOperation::Create && o_.names.empty() && !from_list_) return usage_error("Cowardly refusing to create an empty archive");
    if (o_.compressor_by_name && o_.operation == TarOperation::Create && o_.compressor.empty()) o_.compressor = compressor_by_suffix(o_.archives[0]);
    if (!o_.compressor.empty() && (o_.operation == TarOperation::Append || o_.operation == TarOperation::Update || o_.operation == TarOperation::Delete ||
                                   o_.operation == TarOperation::Concatenate)) {
      return usage_error("Cannot update compressed archives");
    }
    if (o_.archives[0] == "-" && (o_.operation == TarOperation::Append || o_.operation == TarOperation::Update || o_.operation == TarOperation::Concatenate))
      return usage_error("Options '-Aru' are incompatible with '-f -'");
    if (o_.operation == TarOperation::Create && !trailing_.empty() && !(o_.names.empty() && from_list_)) tell_misplaced();
    if (o_.verbose) tell_dates();
    for (auto& n : o_.names)
      if (!writes)
        while (n.text.size() > 1 && n.text.back() == '/') n.text.pop_back();
    if (o_.extract.one_top_level && o_.extract.one_top_level->empty()) {
      std::string name = without_archive_suffix(base_name(o_.archives[0]));
      if (o_.archives[0] == "-") return usage_error("Cannot deduce top-level directory name; please set it explicitly with --one-top-level=DIR");
      o_.extract.one_top_level = name;
    }
    return std::nullopt;
  }
  // How dates were understood, where that is not how they were written.
  void tell_dates() {
    TimeZone zone = process_zone(p_);
    for (const auto& d : dates_) {
      std::string text = format_time("%Y-%m-%d %H:%M:%S", zone.local(d.time.sec), d.time.sec, 0);
      if (d.time.nsec) {
        std::string fraction = std::to_string(1'000'000'000 + d.time.nsec).substr(1);
        while (fraction.back() == '0') fraction.pop_back();
        text += "." + fraction;
      }
      if (text != d.text) write_error(p_, std::string(p_.called()) + ": Option --" + d.option + ": Treating date '" + d.text + "' as " + text + "\n");
    }
  }
  Process& p_;
  std::string_view usage_;
  O& o_;
  bool exclude_anchored_ = false, names_anchored_ = true, fold_case_ = false, exclude_wild_ = true, names_wild_ = false, match_slash_ = true, recursion_ = true;
  struct Date {
    std::string option, text;
    Timespec time;
  };
  std::vector<Date> dates_;
  std::vector<std::string> trailing_;
  int dirs_ = 0;
  bool unquote_ = true, no_wild_ = false;
  bool null_ = false, verbatim_ = false, from_list_ = false, old_ = false;
};

}  // namespace

std::optional<int> read_tar_options(Process& p, std::string_view usage, TarOptions& o) { return Reader(p, usage, o).run(); }

}  // namespace nacre
