/// zip - make and change zip archives.
/// Longer than most files: one archive, and all the ways to change it.
/// Source: Info-ZIP Zip 3.0 manual page; PKWARE APPNOTE.
/// Differs: no question for a password (-e), splits (-s), repairs (-F, -FF), log files (-lf), dots (-dd, -ds), and nothing above 4 GiB;
/// directories are read in the order of names.
#include <algorithm>
#include <set>

#include "algo/glob.h"
#include "algo/glob_path.h"
#include "algo/quote.h"
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/zip/options.h"
#include "commands/zip/words.h"
#include "commands/zip/writer.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: zip [OPTION]... [ARCHIVE [FILE]...] [-x LIST] [-i LIST]\n"
    "Add files to a zip archive, or replace them in it. ARCHIVE - is standard output, FILE - standard input.\n\n"
    "  -r  recurse into directories            -R  recurse from here for files matching patterns\n"
    "  -j  without directory names             -D  no entries for directories\n"
    "  -d  delete entries                      -u  only what is new or newer\n"
    "  -f  only what is in the archive and newer  -FS  make the archive match the files\n"
    "  -m  move into the archive (removes files)  -@  names from standard input\n"
    "  -x LIST  except these patterns          -i LIST  only these patterns (-x@FILE, -i@FILE)\n"
    "  -0 ... -9  store only ... best          -n SUFFIXES  only store files that end so\n"
    "  -y  store links as links                -X  without extra fields\n"
    "  -l  LF to CR LF   -ll  CR LF to LF      -t DATE, -tt DATE  not before, before a day\n"
    "  -P PASSWORD  encrypted, in the traditional way that is easily broken\n"
    "  -Z store|deflate|bzip2  how to compress   -c  ask for a comment for each file\n"
    "  -U  copy matching entries to the archive of -O   -DF  only what is new or changed, to the archive of -O\n"
    "  -A, -J  mend the offsets of, remove what stands before the archive   -k  names as MS-DOS has them\n"
    "  -nw  no wildcards   -ws  * stops at /   -MM  every name must be found   -TT COMMAND  what -T runs\n"
    "  -db, -dc, -du, -dv  show bytes, counts, sizes, volumes   -sc  show the command line\n"
    "  -q  quiet   -v  verbose   -z  comment from standard input   -T  test afterwards\n"
    "  -o  archive as old as its newest entry  -O FILE  write to FILE   -sf  show what would be done\n"
    "  -h, --help  --version\n";

using O = ZipOptions;

struct Source {
  std::string path, name;   // of the file, in the archive
  Stat st;
  bool is_stdin = false;
};

class Zip {
 public:
  Zip(Process& p, O& o) : p_(p), o_(o), zone_(process_zone(p)), say_fd_(o.archive == "-" ? 2 : 1) {}

  int run() {
    if (o_.archive != "-" && base_name(o_.archive).find('.') == std::string_view::npos) o_.archive += ".zip";
    if (auto status = read_old()) return *status;
    if (o_.action == O::Delete || o_.action == O::Copy) select_deleted();
    else if (auto status = find_sources()) return *status;
    if (o_.show_files) return show();
    if (missing_) return not_found(*missing_);
    if (o_.adjust) tell_adjustment();
    const uint64_t prefix = prefix_size();
    const bool copies = o_.action == O::Copy && old_ && deleted_.size() < old_->entries.size();
    if (o_.action == O::Copy && !copies) return nothing_to_do();
    bool changes = copies || (o_.adjust && old_ && old_->shift) || (o_.junk_prefix && prefix) || !sources_.empty() || !deleted_.empty() || o_.comment ||
                   (o_.latest_time && old_);
    if (!changes && (o_.action == O::Update || o_.action == O::Freshen)) return 12;
    if (!changes && o_.sync && old_) {
      say("Archive is current\n");
      return 0;
    }
    if (!changes && (o_.adjust || o_.junk_prefix)) return 0;
    if (!changes && !(o_.test && old_)) return nothing_to_do();
    if (changes)
      if (auto status = write_archive()) return *status;
    if (o_.test)
      if (auto status = test()) return *status;
    if (o_.move) remove_sources();
    return status_;
  }

 private:
  void say(const std::string& text) {
    if (!o_.quiet) (void)p_.write(say_fd_, text);
  }
  void warn(const std::string& text) {
    if (!o_.quiet) (void)p_.write(say_fd_, "\tzip warning: " + text + "\n");
  }
  int not_found(const std::string& file) {
    (void)p_.write(say_fd_, "zip I/O error: " + std::string(message(Errno::NOENT)) + "\nzip error: File not found or no read permission (" + file + ")\n");
    return 18;
  }
  int nothing_to_do() {
    std::string hint = o_.archive;
    if (o_.action == O::Add && o_.recurse && !o_.files.empty()) {
      hint = "try: zip -r " + o_.archive + " . -i";
      for (const auto& f : o_.files) hint += " " + f;
    }
    return zip_error(p_, "Nothing to do! (" + hint + ")", 12);
  }

  // ---- the archive as it is
  // What stands before the first member: the program of an archive that extracts itself.
  uint64_t prefix_size() const {
    if (!old_ || old_->entries.empty()) return 0;
    uint64_t first = old_->start;
    for (const auto& e : old_->entries) first = std::min(first, e.offset + old_->shift);
    return first;
  }
  void tell_adjustment() {
    if (!old_ || !old_->shift) say("Zip entry offsets do not need adjusting\n");
    else say("Zip entry offsets appear off by " + std::to_string(old_->shift) + " bytes - correcting...\n");
  }
  std::optional<int> read_old() {
    if (o_.archive == "-") return std::nullopt;
    auto st = p_.stat(o_.archive);
    if (!st) {
      if (o_.action == O::Copy) return not_found(o_.archive);
      if (o_.adjust || o_.junk_prefix) return zip_error(p_, "Missing or empty zip file (" + o_.archive + ")", 13);
      if (o_.action == O::Add) return std::nullopt;
      warn(o_.archive + " not found or empty");
      if (o_.action == O::Update) return std::nullopt;
      for (const auto& f : o_.files) warn("name not matched: " + f);
      return o_.action == O::Delete ? nothing_to_do() : 12;
    }
    auto fd = p_.open(o_.archive, kOpenRead);
    if (!fd) return zip_error(p_, "Could not open for reading (" + o_.archive + ")", 18);
    old_fd_ = *fd;
    auto dir = read_zip_directory(p_, *fd);
    if (!dir || dir->damaged) {
      warn("missing end signature--probably not a zip file (did you");
      warn("remember to use binary mode when you transferred it?)");
      warn("(if you are trying to read a damaged archive try -F)");
      return zip_error(p_, "Zip file structure invalid (" + o_.archive + ")", 3);
    }
    old_ = std::move(*dir);
    old_mode_ = st->mode;
    for (size_t i = 0; i < old_->entries.size(); i++) index_[old_->entries[i].name] = i;
    return std::nullopt;
  }

  // ---- which files
  bool matches(const std::string& pattern, const std::string& name) const {
    if (o_.no_wild) return pattern == name;
    return o_.wild_stop ? glob_match_path(pattern, name, 0) : Glob::compile(pattern, 0).match(name);
  }
  bool selected(const std::string& name) const {
    auto any = [&](const std::vector<std::string>& patterns) {
      return std::any_of(patterns.begin(), patterns.end(), [&](const auto& x) { return matches(x, name); });
    };
    return (o_.included.empty() || any(o_.included)) && !any(o_.excluded);
  }

  // Those that -d names, or that -U does not.
  void select_deleted() {
    if (o_.action == O::Copy) {
      const std::vector<std::string> all = {"*"};
      const auto& patterns = o_.files.empty() ? all : o_.files;
      std::vector<bool> hit(patterns.size());
      for (size_t i = 0; i < old_->entries.size(); i++) {
        const std::string& name = old_->entries[i].name;
        bool copied = false;
        for (size_t k = 0; k < patterns.size(); k++) {
          if (!matches(patterns[k], name)) continue;
          hit[k] = copied = true;
        }
        if (!copied || !selected(name)) deleted_.insert(i);
      }
      for (size_t k = 0; k < patterns.size(); k++)
        if (!hit[k] && !o_.files.empty()) warn("not in archive: " + patterns[k]);
      return;
    }
    for (const auto& f : o_.files) {
      bool hit = false;
      for (size_t i = 0; i < old_->entries.size(); i++) {
        if (!matches(f, old_->entries[i].name) || !selected(old_->entries[i].name)) continue;
        deleted_.insert(i);
        hit = true;
      }
      if (!hit) warn("name not matched: " + f);
    }
  }

  // The name in the archive: relative, without ./ in front.
  std::string member_name(const std::string& path, bool dir) const {
    std::string_view s = path;
    while (true) {
      if (s.starts_with("./")) s.remove_prefix(2);
      else if (s.starts_with('/')) s.remove_prefix(1);
      else break;
    }
    if (o_.junk_paths) s = base_name(s);
    std::string name(s == "." ? "" : without_trailing_slashes(s));
    if (o_.dos_names) name = zip_dos_name(name);
    if (dir && !name.empty() && !name.ends_with('/')) name += '/';
    return name;
  }

  std::optional<int> find_sources() {
    std::vector<std::string> files = o_.files;
    if (o_.names_from_stdin) {
      Input in(p_, 0, "-", false);
      std::string_view line;
      while (in.next_line(line))
        if (!line.empty()) files.emplace_back(line);
    }
    if (o_.action == O::Freshen && files.empty()) {
      for (const auto& e : old_->entries)
        if (!e.is_dir() && p_.lstat(e.name)) files.push_back(e.name);
    } else if (o_.archive == "-" && files.empty()) {
      files = {"-"};
    }
    if (o_.recurse_patterns) {
      walk(".", [&](const std::string& path, const Stat& st) {
        std::string name = member_name(path, st.is_dir());
        bool hit = std::any_of(files.begin(), files.end(), [&](const auto& f) { return matches(f, name) || matches("*/" + f, name); });
        if (hit && !st.is_dir()) consider(path, st);
      });
    } else {
      for (const auto& f : files) find_one(f);
    }
    if (repeated_) return zip_error(p_, "Invalid command arguments (cannot repeat names in zip file)", 16);
    if (o_.sync && old_) {
      for (size_t i = 0; i < old_->entries.size(); i++)
        if (!seen_.contains(old_->entries[i].name)) deleted_.insert(i);
    }
    return std::nullopt;
  }

  void find_one(const std::string& f) {
    if (f == "-") {
      Source s{"-", "-", Stat(), true};
      if (auto st = p_.fstat(0)) s.st = *st;
      s.st.mtime = p_.now();
      sources_.push_back(std::move(s));
      return;
    }
    auto st = o_.symlinks ? p_.lstat(f) : p_.stat(f);
    if (!st) {
      // A name that is in the archive alone is no error.
      warn("name not matched: " + f);
      if (o_.must_match && !missing_) missing_ = f;
      return;
    }
    if (st->is_dir() && o_.recurse) return walk(f, [&](const std::string& path, const Stat& s) { consider(path, s); });
    consider(f, *st);
  }

  void walk(const std::string& path, const std::function<void(const std::string&, const Stat&)>& fn) {
    p_.tick(4);
    auto st = o_.symlinks ? p_.lstat(path) : p_.stat(path);
    if (!st) return warn("could not open for reading: " + path);
    fn(path, *st);
    if (!st->is_dir()) return;
    // A link to a directory above would never end.
    if (!open_dirs_.insert({st->dev, st->ino}).second) return;
    auto entries = p_.list(path);
    if (!entries) warn("could not open directory: " + path);
    std::vector<std::string> names;
    if (entries)
      for (const auto& e : *entries) names.push_back(e.name);
    std::sort(names.begin(), names.end());
    for (const auto& n : names) deep_call([&] { walk(path == "." ? n : join_path(path, n), fn); });
    open_dirs_.erase({st->dev, st->ino});
  }

  void consider(const std::string& path, const Stat& st) {
    std::string name = member_name(path, st.is_dir());
    if (name.empty() || !selected(name)) return;
    if (st.is_dir() && (o_.no_directories || o_.junk_paths)) return;
    if (st.type == FileType::Fifo) return warn("ignoring FIFO (Named Pipe) - use -FI to read: " + path);
    if (st.type != FileType::Regular && !st.is_dir() && !st.is_symlink()) return;
    auto archive = p_.stat(o_.archive);
    if (archive && archive->dev == st.dev && archive->ino == st.ino) return;
    if ((o_.from_day && st.mtime.sec < *o_.from_day) || (o_.before_day && st.mtime.sec >= *o_.before_day)) return;
    auto [it, fresh] = seen_.try_emplace(name, path);
    if (!fresh) {
      if (it->second == path) return;
      warn("  first full name: " + it->second + "\n                      second full name: " + path +
           "\n                     name in zip file repeated: " + name + (o_.junk_paths ? "\n                     this may be a result of using -j" : ""));
      repeated_ = true;
      return;
    }
    auto known = index_.find(name);
    if (known == index_.end()) {
      if (o_.action == O::Freshen) return;
    } else if (o_.difference) {
      const ZipEntry& e = old_->entries[known->second];
      if (st.is_dir() || (e.size == st.size && e.seconds(zone_) == st.mtime.sec)) return;
    } else if (o_.action != O::Add || o_.sync) {
      const ZipEntry& e = old_->entries[known->second];
      int64_t when = e.seconds(zone_);
      bool newer = e.mtime ? st.mtime.sec > when : st.mtime.sec > when + 1;
      if (o_.sync ? !newer && (st.is_dir() || e.size == st.size) : !newer) return;
    }
    sources_.push_back({path, name, st, false});
  }

  int show() {
    Output out(p_);
    uint64_t bytes = 0, count = 0;
    if (o_.files.empty() && old_) {
      out.write("Archive contains:\n");
      for (const auto& e : old_->entries) {
        out.line("  " + e.name);
        bytes += e.size;
        count++;
      }
    } else {
      out.write(o_.action == O::Delete ? "Would Delete:\n" : o_.action == O::Freshen ? "Would Freshen:\n" : "Would Add/Update:\n");
      for (size_t i : deleted_) {
        out.line("  " + old_->entries[i].name);
        bytes += old_->entries[i].size;
        count++;
      }
      for (const auto& s : sources_) {
        out.line("  " + s.name);
        bytes += s.st.is_regular() ? s.st.size : 0;
        count++;
      }
    }
    out.format("Total %llu entries (%llu bytes)\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(bytes));
    return out.finish(0);
  }

  // ---- writing
  std::optional<int> fail(const std::string& text, int status) {
    if (!temporary_.empty()) (void)p_.unlink(temporary_);
    return zip_error(p_, text, status);
  }

  std::optional<int> write_archive() {
    std::string target = o_.output.empty() ? o_.archive : o_.output;
    int fd = 1;
    bool seekable = false;
    if (target == "-") {
      if (p_.isatty(1)) return zip_error(p_, "Invalid command arguments (cannot write zip file to terminal)", 16);
    } else {
      std::string letters;
      for (uint64_t r = p_.random(), i = 0; i < 6; i++, r /= 52) letters += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[r % 52];
      temporary_ = join_path(dir_name(target), "zi" + letters);
      auto made = p_.open(temporary_, kOpenReadWrite | kOpenCreate | kOpenExclusive);
      if (!made) {
        (void)p_.write(say_fd_, "zip I/O error: " + std::string(message(made.error())));
        temporary_.clear();
        return zip_error(p_, "Could not create output file (" + target + ")", 15);
      }
      fd = *made;
      seekable = true;
    }
    ZipWriter writer(p_, fd, seekable);
    writer.set_password(o_.password);
    writer.set_method(o_.method);
    if (const uint64_t size = prefix_size(); size && !o_.junk_prefix)
      if (Errno e = writer.copy_bytes(old_fd_, 0, size); e != Errno::OK) return fail("Output file write failure (" + std::string(message(e)) + ")", 14);
    for (const auto& s : sources_) bytes_left_ += s.st.is_regular() ? s.st.size : 0;
    if (auto status = write_members(writer)) return status;
    if (o_.entry_comments) read_entry_comments(writer);
    std::string comment = old_ ? old_->comment : "";
    if (o_.comment) read_comment(comment);
    if (writer.entries().empty()) warn("zip file empty");
    if (writer.entries().size() > 65535) return fail("Too many entries (" + target + ")", 6);
    if (Errno e = writer.finish(comment); e != Errno::OK) return fail("Output file write failure (" + std::string(message(e)) + ")", 14);
    if (o_.verbose) totals(writer);
    if (temporary_.empty()) return std::nullopt;
    (void)p_.close(fd);
    (void)p_.chmod(temporary_, old_mode_.value_or(0666 & ~p_.umask()));
    if (auto done = p_.rename(temporary_, target); !done) return fail("Could not create output file (" + target + ")", 15);
    if (o_.latest_time) set_time(target, writer);
    return std::nullopt;
  }

  void set_time(const std::string& target, const ZipWriter& writer) {
    int64_t latest = INT64_MIN;
    for (const auto& e : writer.entries())
      if (!e.is_dir()) latest = std::max(latest, e.seconds(zone_));
    if (latest == INT64_MIN) return;
    Timespec t{latest, 0};
    (void)p_.utimens(target, &t, &t, false);
  }
  void totals(const ZipWriter& writer) {
    uint64_t size = 0, packed = 0;
    for (const auto& e : writer.entries()) {
      size += e.size;
      packed += e.packed;
    }
    say("total bytes=" + std::to_string(size) + ", compressed=" + std::to_string(packed) + " -> " + std::to_string(zip_percent(size, packed)) + "% savings\n");
  }

  void read_entry_comments(ZipWriter& writer) {
    Input in(p_, 0, "-", false);
    for (size_t i = 0; i < writer.entries().size(); i++) {
      if (!seen_.contains(writer.entries()[i].name)) continue;
      say("Enter comment for " + writer.entries()[i].name + ":\n");
      std::string_view line;
      if (in.next_line(line)) writer.set_comment(i, std::string(line.substr(0, 255)));
    }
  }
  void read_comment(std::string& comment) {
    say((comment.empty() ? "" : "current zip file comment is:\n" + comment + "\n") + "enter new zip file comment (end with .):\n");
    Input in(p_, 0, "-", false);
    std::string text;
    std::string_view line;
    while (in.next_line(line) && line != ".") text += (text.empty() ? "" : "\r\n") + std::string(line);
    comment = text.substr(0, 65535);
  }

  std::optional<int> write_members(ZipWriter& writer) {
    std::map<std::string, const Source*> replaced;
    for (const auto& s : sources_) replaced[s.name] = &s;
    if (old_) {
      for (size_t i = 0; i < old_->entries.size(); i++) {
        const ZipEntry& e = old_->entries[i];
        if (deleted_.contains(i) && o_.action == O::Copy) continue;
        if (deleted_.contains(i)) {
          say("deleting: " + e.name + "\n");
          continue;
        }
        auto it = replaced.find(e.name);
        std::optional<int> status;
        if (it == replaced.end() && o_.difference) continue;
        if (o_.action == O::Copy) say(" copying: " + e.name + "\n");
        if (it == replaced.end()) status = keep(writer, i);
        else {
          status = add(writer, *it->second, o_.action == O::Freshen ? "freshening: " : "updating: ");
          if (!status && !e.comment.empty() && !writer.entries().empty() && writer.entries().back().name == e.name)
            writer.set_comment(writer.entries().size() - 1, e.comment);
          replaced.erase(it);
        }
        if (status) return status;
      }
    }
    for (const auto& s : sources_) {
      auto it = replaced.find(s.name);
      if (it == replaced.end() || it->second != &s) continue;
      if (auto status = add(writer, s, "  adding: ")) return status;
    }
    return std::nullopt;
  }

  // An old member with its local header, data and descriptor: up to where the next thing begins.
  std::optional<int> keep(ZipWriter& writer, size_t i) {
    ZipEntry e = old_->entries[i];
    uint64_t from = e.offset + old_->shift, end = old_->start;
    for (const auto& other : old_->entries)
      if (other.offset > e.offset) end = std::min(end, other.offset + old_->shift);
    auto data = zip_data_offset(p_, old_fd_, *old_, e);
    if (!data || from >= end) return fail("Zip file structure invalid (" + o_.archive + ")", 3);
    uint64_t size = e.flags & 8 ? end - from : std::min(end, *data + e.packed) - from;
    if (Errno error = writer.copy(e, old_fd_, from, size); error != Errno::OK)
      return fail("Output file write failure (" + std::string(message(error)) + ")", 14);
    return std::nullopt;
  }

  void extra_fields(const Source& s, std::string& local, std::string& central) const {
    if (o_.no_extra) return;
    auto seconds = [](Timespec t) { return static_cast<uint32_t>(std::clamp<int64_t>(t.sec, INT32_MIN, INT32_MAX)); };
    zip_put16(local, 0x5455);
    zip_put16(local, 9);
    local += '\3';
    zip_put32(local, seconds(s.st.mtime));
    zip_put32(local, seconds(s.st.atime));
    zip_put16(central, 0x5455);
    zip_put16(central, 5);
    central += '\3';
    zip_put32(central, seconds(s.st.mtime));
    std::string owner;
    zip_put16(owner, 0x7875);
    zip_put16(owner, 11);
    owner += "\1\4";
    zip_put32(owner, s.st.uid);
    owner += '\4';
    zip_put32(owner, s.st.gid);
    local += owner;
    central += owner;
  }

  // What -dc, -db and -dv show before a member.
  std::string progress(const Source& s) {
    char text[96];
    std::string out;
    if (o_.show_counts) {
      std::snprintf(text, sizeof text, "%3zu/%3zu ", done_.size(), sources_.size() - done_.size());
      out += text;
    }
    if (o_.show_bytes) {
      std::snprintf(text, sizeof text, "[%4s/%4s] ", zip_short_size(bytes_done_).c_str(), zip_short_size(bytes_left_).c_str());
      out += text;
    }
    if (o_.show_volume) out += "1>1: ";
    const uint64_t size = s.st.is_regular() ? s.st.size : 0;
    bytes_done_ += size;
    bytes_left_ -= std::min(bytes_left_, size);
    return out;
  }

  std::optional<int> add(ZipWriter& writer, const Source& s, const char* verb) {
    ZipEntry e;
    e.name = s.name;
    set_dos_time(e, s.st.mtime.sec, zone_);
    e.external = s.st.st_mode() << 16 | (s.st.is_dir() ? 0x10u : 0u);
    if (s.is_stdin && !s.st.is_regular()) e.external = 0010600u << 16;
    if (o_.dos_names) {
      e.made_by = 20;
      e.external = s.st.is_dir() ? 0x10 : 0;
    }
    std::string local;
    extra_fields(s, local, e.extra);
    e.mtime = o_.no_extra ? std::nullopt : std::optional<int64_t>(s.st.mtime.sec);
    std::string line = progress(s) + verb + e.name;
    if (o_.show_size) line += " (" + zip_short_size(s.st.size) + ")";
    Errno error;
    if (s.st.is_dir() || (s.st.is_symlink() && o_.symlinks)) {
      auto target = s.st.is_dir() ? Result<std::string>(std::string()) : p_.readlink(s.path);
      error = target ? writer.add_text(e, local, *target) : target.error();
    } else {
      auto fd = s.is_stdin ? Result<int>(0) : p_.open(s.path, kOpenRead);
      if (!fd) {
        warn("could not open for reading: " + s.path);
        status_ = 18;
        return std::nullopt;
      }
      Input in(p_, *fd, s.path, !s.is_stdin);
      bool pending = false;
      std::function<std::string(std::string_view)> convert;
      if (o_.line_ends) convert = [&](std::string_view text) { return converted(text, pending); };
      bool store = std::any_of(o_.stored_suffixes.begin(), o_.stored_suffixes.end(), [&](const auto& x) { return e.name.ends_with(x); });
      error = writer.add(e, local, in, o_.level, store, convert);
    }
    if (error != Errno::OK) return fail("Output file write failure (" + s.path + ": " + std::string(message(error)) + ")", 14);
    if (writer.is_text() && o_.method != 12) writer.mark_text();
    const uint64_t packed = e.packed - (e.encrypted() ? kZipCipherHead : 0);
    if (o_.verbose) line += "\t(in=" + std::to_string(e.size) + ") (out=" + std::to_string(packed) + ")";
    if (!s.is_stdin) done_.push_back(&s);
    const char* how = e.method == 12 ? " (bzipped " : " (deflated ";
    say(line + (e.method ? how + std::to_string(zip_percent(e.size, packed)) + "%)\n" : " (stored 0%)\n"));
    return std::nullopt;
  }

  std::string converted(std::string_view text, bool& pending) const {
    std::string out;
    for (char c : text) {
      if (o_.line_ends == 1) {
        if (c == '\n') out += '\r';
        out += c;
        continue;
      }
      // A carriage return waits for what follows it.
      if (pending && c != '\n') out += '\r';
      pending = c == '\r';
      if (!pending) out += c;
    }
    return out;
  }

  // The command of -TT: {} is the archive, which comes last if there is none.
  std::string test_line(const std::string& target) const {
    std::string line = o_.test_command;
    const std::string name = shell_escape(target, p_.utf8());
    const size_t at = line.find("{}");
    return at == line.npos ? line + " " + name : line.replace(at, 2, name);
  }
  std::optional<int> test() {
    std::string target = o_.output.empty() ? o_.archive : o_.output;
    auto status = o_.test_command.empty() ? p_.run({"unzip", "-tqq", target}) : p_.run({"/bin/sh", "-c", test_line(target)});
    if (!status || status->shell_status() != 0) {
      say("test of " + target + " FAILED\n");
      return zip_error(p_, "Zip file invalid, could not spawn unzip, or wrong unzip (original files unmodified)", 8);
    }
    say("test of " + target + " OK\n");
    return std::nullopt;
  }

  void remove_sources() {
    for (size_t i = done_.size(); i-- > 0;) {
      const Source& s = *done_[i];
      auto done = s.st.is_dir() ? p_.rmdir(s.path) : p_.unlink(s.path);
      if (!done && !s.st.is_dir()) warn("error deleting " + s.path);
    }
  }

  Process& p_;
  O& o_;
  TimeZone zone_;
  int say_fd_, status_ = 0, old_fd_ = -1;
  std::optional<ZipDirectory> old_;
  std::optional<Mode> old_mode_;
  std::map<std::string, size_t> index_;
  std::set<size_t> deleted_;
  std::vector<Source> sources_;
  std::map<std::string, std::string> seen_;
  std::set<std::pair<uint64_t, uint64_t>> open_dirs_;
  std::vector<const Source*> done_;
  bool repeated_ = false;
  std::optional<std::string> missing_;   ///< a name that -MM wants found
  uint64_t bytes_done_ = 0, bytes_left_ = 0;
  std::string temporary_;
};

int zip_main(Process& p) {
  O o;
  if (auto status = read_zip_options(p, kUsage, o)) return *status;
  return Zip(p, o).run();
}

}  // namespace

Command zip_command() { return {{"zip"}, kUsage, zip_main, MessageName::Short}; }

}  // namespace nacre
