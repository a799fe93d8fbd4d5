/// patch - apply a diff file to an original.
/// Source: GNU patch 2.7.6 manual, checked against the tool.
/// Differs: ed scripts are run by the sandbox's ed; -g is not there;
/// usage text is in our own words. --merge copies no line twice where several changes of a hunk were applied before.
#include <algorithm>

#include "algo/date.h"
#include "commands/command.h"
#include "commands/patch/session.h"
#include "commands/patch/usage.h"
#include "commands/quoting.h"
#include "commands/zone.h"

namespace nacre {

PatchSession::PatchSession(Process& p, const PatchOptions& options, std::string patch)
    : p_(p),
      o_(options),
      reader_(p, std::move(patch), options.strip, options.type,
              [&p, zone = options.set_utc ? TimeZone::from_tz("UTC0", {}) : process_zone(p)](const std::string& text) -> std::optional<Timespec> {
                auto parsed = parse_date(text, p.now().sec, 0, zone);
                return parsed ? std::optional<Timespec>(Timespec{parsed->seconds, parsed->nanoseconds}) : std::nullopt;
              }),
      reverse_(options.reverse) {
  if (o_.out_file == "-") messages_ = 2;
}

std::string PatchSession::quoted(const std::string& name) const { return quote_as(o_.quoting, name, p_.utf8()); }
void PatchSession::say(const std::string& text) { (void)p_.write(messages_, text); }

void PatchSession::fatal(const std::string& text) {
  write_error(p_, std::string(p_.called()) + ": **** " + text + "\n");
  p_.exit(2);
}

// Says what comes; false if there is no other patch.
bool PatchSession::introduce(PatchHeader& h) {
  bool first = reader_.at_start();
  if (!first && reader_.at_end()) {
    if (o_.verbose) say("done\n");
    return false;
  }
  if (o_.verbose) say("Hmm...");
  h = reader_.next(!o_.file && !o_.posix);
  if (!reader_.error().empty()) write_error(p_, reader_.error());
  if (h.type == PatchType::None) {
    if (o_.verbose) say(first ? "  I can't seem to find a patch in there anywhere.\n" : "  Ignoring the trailing garbage.\ndone\n");
    if (first && !reader_.at_end()) fatal("Only garbage was found in the patch input.");
    return false;
  }
  choose(h);
  if (o_.verbose) {
    const char* kinds[] = {"", "a context diff", "a new-style context diff", "a unified diff", "a normal diff", "an ed script", "a git binary diff"};
    say(std::string(first ? "  L" : "  The next patch l") + "ooks like " + kinds[static_cast<size_t>(h.type)] + " to me...\n");
  }
  if (o_.binary) h.strip_cr = false;
  if (!o_.silent) {
    if (h.indent) say("(Patch is indented " + std::to_string(h.indent) + " space" + (h.indent == 1 ? "" : "s") + ".)\n");
    if (h.strip_cr) say("(Stripping trailing CRs from patch; use --binary to disable.)\n");
  }
  if (skip_) {
    reader_.begin(h);
    return true;
  }
  if (!in_name_) find_name(h);
  else if (o_.verbose) leading_text(h);
  reader_.begin(h);
  return true;
}

bool PatchSession::may_patch(const PatchHeader& h) {
  if (in_stat_ && in_stat_->type != FileType::Regular) {
    say("File " + quoted(*in_name_) + " is not a regular file -- refusing to patch\n");
    return false;
  }
  if ((h.rename || h.copy) && !o_.file && !in_stat_) {
    say(std::string("Cannot ") + (h.rename ? "rename" : "copy") + " file without two valid file names\n");
    return false;
  }
  if (h.type == PatchType::GitBinary) {
    say("File " + quoted(*out_name_) + ": git binary diffs are not supported.\n");
    return false;
  }
  if (o_.read_only != PatchOptions::Ignore && in_stat_) {
    if (auto ok = p_.access(*in_name_, 2); !ok) {
      bool anyway = o_.read_only == PatchOptions::Warn;
      say("File " + quoted(*in_name_) + " is read-only; " + (anyway ? "trying to patch anyway\n" : "refusing to patch\n"));
      return anyway;
    }
  }
  return true;
}

int PatchSession::run() {
  for (;;) {
    in_name_.reset();
    out_name_.reset();
    in_stat_.reset();
    rejects_.clear();
    hunks_ = failed_ = 0;
    skip_ = mismatch_ = apply_anyway_ = false;
    reverse_ = o_.reverse;
    PatchHeader h;
    if (!introduce(h)) break;
    if (skip_) failed_any_ = true;
    if (!skip_) {
      out_name_ = o_.out_file ? *o_.out_file : (h.rename || h.copy) && !o_.file ? h.name[static_cast<size_t>(!reverse_)] : in_name_;
      if (!may_patch(h)) skip_ = failed_any_ = true;
    }
    if (h.type == PatchType::Ed) run_ed(h);
    else apply_all(h);
  }
  return failed_any_ ? 1 : 0;
}

void PatchSession::apply_all(const PatchHeader& h) {
  std::unique_ptr<HunkApplier> file;
  if (!skip_) {
    std::string text;
    if (in_stat_) {
      auto got = read_file(p_, *in_name_);
      if (!got) fatal("Can't open file " + quoted(*in_name_) + " : " + std::string(message(got.error())));
      text = std::move(*got);
    }
    file = std::make_unique<HunkApplier>(p_, std::move(text), o_.ifdef, o_.blanks);
    if (!o_.silent) {
      std::string from = h.copy ? " (copied from " : h.rename ? " (renamed from " : " (read from ";
      bool other = *out_name_ != *in_name_;
      say(std::string(o_.dry_run ? "checking" : "patching") + " file " + quoted(*out_name_) + (other ? from + quoted(*in_name_) + ")" : "") + "\n");
      if (o_.verbose) say("Using Plan A...\n");
    }
  }
  PatchHunk hunk;
  int got;
  while ((got = reader_.hunk(h, hunk)) > 0) {
    if (reverse_) hunk.reverse();
    hunks_++;
    if (!one_hunk(h, hunk, file.get())) failed_++;
    p_.tick(16);
  }
  if (got < 0) {
    std::string text = reader_.error();
    while (text.ends_with('\n')) text.pop_back();
    fatal(text.starts_with("malformed") ? text + "\n" : text);
  }
  if (failed_) failed_any_ = true;
  if (!skip_) {
    file->finish();
    write_result(h, *file);
  }
  report_failures(h);
}

// Where a hunk goes, 0 if nowhere. The first may show that the patch is reversed.
size_t PatchSession::place(PatchHunk& hunk, HunkApplier& file, size_t& fuzz) {
  size_t most = std::min(o_.fuzz, hunk.context());
  for (fuzz = 0; fuzz <= most; fuzz++) {
    size_t where = file.locate(hunk, fuzz);
    if (!where || fuzz || file.in_offset()) mismatch_ = true;
    if (where) return where;
    if (hunks_ != 1 || o_.force || apply_anyway_ || reverse_ != o_.reverse) continue;
    PatchHunk other = hunk;
    other.reverse();
    where = file.locate(other, fuzz);
    if (!where) continue;
    if (ok_to_reverse(std::string(reverse_ ? "Unreversed" : "Reversed (or previously applied)") + " patch detected!")) {
      reverse_ = !reverse_;
      hunk = std::move(other);
      return where;
    }
    if (skip_) return 0;
    apply_anyway_ = true;
    fuzz--;
  }
  return 0;
}

bool PatchSession::merge_hunk(const PatchHunk& hunk, HunkApplier& file) {
  const size_t where = file.locate(hunk, 0);
  if (!where || file.in_offset()) mismatch_ = true;
  bool conflict = false;
  const bool tell_merged = o_.verbose || (!where && !o_.silent);
  const std::string report = file.merge(hunk, where, o_.merge == PatchOptions::MergeDiff3, tell_merged, &conflict);
  if (!report.empty()) say("Hunk #" + std::to_string(hunks_) + " " + report + ".\n");
  if (conflict) failed_any_ = true;
  return true;
}

bool PatchSession::one_hunk(const PatchHeader& h, PatchHunk& hunk, HunkApplier* file) {
  if (o_.merge && !skip_) return merge_hunk(hunk, *file);
  size_t where = 0, fuzz = 0;
  if (!skip_) where = place(hunk, *file, fuzz);
  int64_t out_offset = file ? file->out_offset() : 0;
  auto shown = [&] { return std::to_string(static_cast<int64_t>(where ? where : hunk.old_first) + out_offset); };
  std::string line = shown();
  bool bad = skip_ || !where || (where == 1 && h.absent[static_cast<size_t>(reverse_)] == 2 && in_stat_ && in_stat_->size > 0);
  if (!bad) {
    bad = !file->apply(hunk, where);
    if (bad) say(std::exchange(file->message, ""));
  }
  if (bad) {
    reject(h, hunk, out_offset);
    if (o_.verbose || (!skip_ && !o_.silent)) {
      bool endings = !skip_ && !hunk.lines.empty() && file->line_has_cr(hunk.old_first) != hunk.lines[0].text.ends_with("\r\n") && file->size() > 0;
      say("Hunk #" + std::to_string(hunks_) + (skip_ ? " ignored" : " FAILED") + " at " + line + (endings ? " (different line endings)" : "") + ".\n");
    }
    return false;
  }
  if (!o_.verbose && (o_.silent || (!fuzz && !file->in_offset()))) return true;
  std::string text = "Hunk #" + std::to_string(hunks_) + " succeeded at " + line;
  if (fuzz) text += " with fuzz " + std::to_string(fuzz);
  if (int64_t n = file->in_offset()) text += " (offset " + std::to_string(n) + (n == 1 ? " line)" : " lines)");
  say(text + ".\n");
  return true;
}

void PatchSession::report_failures(const PatchHeader&) {
  if (!failed_) return;
  std::string text = std::to_string(failed_) + " out of " + std::to_string(hunks_) + (hunks_ == 1 ? " hunk " : " hunks ") + (skip_ ? "ignored" : "FAILED");
  bool keep = out_name_ && o_.reject_file != "-" && !o_.dry_run && !(o_.out_file == "-" && !o_.reject_file);
  if (!keep) return say(text + "\n");
  std::string name = o_.reject_file ? *o_.reject_file : *out_name_ + ".rej";
  say(text + " -- saving rejects to file " + quoted(name) + "\n");
  store(name, rejects_, 0666);
}

// ed works on a copy, which then takes the file's place.
void PatchSession::run_ed(const PatchHeader& h) {
  std::string script = reader_.ed_script(h);
  if (skip_) return;
  std::string text;
  if (in_stat_) {
    auto got = read_file(p_, *in_name_);
    if (!got) fatal("Can't open file " + quoted(*in_name_) + " : " + std::string(message(got.error())));
    text = std::move(*got);
  }
  const char* dir = p_.getenv("TMPDIR");
  std::string copy = std::string(dir ? dir : "/tmp") + "/patch-ed-" + std::to_string(p_.random()), commands = copy + ".e";
  store(copy, text, 0600);
  store(commands, script + "w\nq\n", 0600);
  auto fd = p_.open(commands, kOpenRead);
  SpawnOptions options;
  options.stdin_fd = fd ? *fd : -1;
  auto status = p_.run({"ed", "-", copy}, options);
  if (fd) (void)p_.close(*fd);
  auto result = read_file(p_, copy);
  (void)p_.unlink(copy);
  (void)p_.unlink(commands);
  if (!status || status->shell_status() != 0 || !result) fatal("ed FAILED");
  HunkApplier file(p_, std::move(text), "", false);
  file.output() = std::move(*result);
  write_result(h, file);
}

namespace {

int patch_main(Process& p) {
  PatchOptions o;
  if (auto status = read_patch_options(p, o)) return *status;
  auto fail = [&](const std::string& text) {
    write_error(p, std::string(p.called()) + ": **** " + text + "\n");
    return 2;
  };
  if (!o.directory.empty()) {
    if (auto done = p.chdir(o.directory); !done)
      return fail("Can't change to directory " + shell_escape(o.directory, p.utf8()) + " : " + std::string(message(done.error())));
  }
  std::string file = o.input_file.empty() ? "-" : o.input_file;
  auto text = read_file(p, file);
  if (!text) return fail("Can't open patch file " + shell_escape(file, p.utf8()) + " : " + std::string(message(text.error())));
  return PatchSession(p, o, std::move(*text)).run();
}

}  // namespace

Command patch_command() { return {{"patch"}, kPatchUsage, patch_main}; }

}  // namespace nacre
