#include "commands/digest_list.h"

#include "algo/digest.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr DigestAlgorithm kAlgorithms[] = {
    {"md5sum", "md5", "MD5", 32},          {"sha1sum", "sha1", "SHA1", 40},        {"sha224sum", "sha224", "SHA224", 56}, {"sha256sum", "sha256", "SHA256", 64},
    {"sha384sum", "sha384", "SHA384", 96}, {"sha512sum", "sha512", "SHA512", 128}, {"b2sum", "blake2b", "BLAKE2b", 128},  {"", "sm3", "SM3", 64}};

bool skip(std::string_view& s, std::string_view what) {
  if (!s.starts_with(what)) return false;
  s.remove_prefix(what.size());
  return true;
}

void skip_blanks(std::string_view& s) { s.remove_prefix(std::min(s.find_first_not_of(" \t"), s.size())); }

// Undoes \\ \n and \r; nothing else may follow a backslash.
bool unescape(std::string& name) {
  std::string plain;
  for (size_t i = 0; i < name.size(); i++) {
    if (name[i] != '\\') {
      plain += name[i];
      continue;
    }
    const char c = ++i < name.size() ? name[i] : 0;
    if (c != '\\' && c != 'n' && c != 'r') return false;
    plain += c == 'n' ? '\n' : c == 'r' ? '\r' : c;
  }
  name = std::move(plain);
  return true;
}

}  // namespace

std::span<const DigestAlgorithm> digest_algorithms() { return kAlgorithms; }

std::optional<std::string> digest_of(Process& p, Input& in, std::string_view algorithm, size_t bits) {
  auto digest = Digest::make(algorithm, bits);
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    digest->update(block);
    in.consume(block.size());
  }
  if (report_read_error(p, in)) return std::nullopt;
  return digest->finish();
}

std::string escaped(std::string_view name) {
  std::string out;
  for (char c : name) out += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : std::string(1, c);
  return out;
}

std::optional<int> misused(Process& p, const DigestListOptions& o, bool zero) {
  if (o.check && zero) {
    p.warn("the --zero option is not supported when verifying checksums");
    return try_help(p);
  }
  if (o.check) return std::nullopt;
  const char* alone = o.ignore_missing ? "ignore-missing" : o.status ? "status" : o.warn ? "warn" : o.quiet ? "quiet" : o.strict ? "strict" : nullptr;
  if (!alone) return std::nullopt;
  p.warn("the --%s option is meaningful only when verifying checksums", alone);
  return try_help(p);
}

bool DigestList::right_size(const Entry& e) const {
  if (e.hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return false;
  if (e.algorithm->name != "blake2b") return e.hex.size() == e.algorithm->digits;
  return !e.hex.empty() && e.hex.size() % 2 == 0 && e.hex.size() <= e.algorithm->digits;
}

// NAME (FILE) = HEX, or without blanks as OpenSSL writes it; of blake2b with the length: BLAKE2b-128.
bool DigestList::parse_tagged(std::string_view line, Entry& e) const {
  const size_t close = line.rfind(')');
  if (!skip(line, e.algorithm->tag)) return false;
  size_t bits = 0;
  if (e.algorithm->name == "blake2b" && skip(line, "-"))
    for (; !line.empty() && ascii_digit(line[0]) && bits <= 512; line.remove_prefix(1)) bits = bits * 10 + static_cast<size_t>(line[0] - '0');
  skip(line, " ");
  if (!skip(line, "(") || close == std::string_view::npos) return false;
  const size_t end = line.rfind(')');
  if (end == std::string_view::npos) return false;
  e.name = line.substr(0, end);
  line.remove_prefix(end + 1);
  skip_blanks(line);
  if (!skip(line, "=")) return false;
  skip_blanks(line);
  e.hex = line;
  return right_size(e) && (bits == 0 ? e.hex.size() == e.algorithm->digits : e.hex.size() * 4 == bits);
}

// HEX  FILE, or HEX *FILE.
bool DigestList::parse_plain(std::string_view line, Entry& e) const {
  const size_t blank = line.find_first_of(" \t");
  if (blank == std::string_view::npos || blank + 1 >= line.size()) return false;
  e.hex = line.substr(0, blank);
  e.name = line.substr(blank + (line[blank + 1] == ' ' || line[blank + 1] == '*' ? 2 : 1));
  return right_size(e) && !e.name.empty();
}

bool DigestList::parse(std::string_view line, Entry& e) {
  skip_blanks(line);
  const bool escaped = skip(line, "\\");
  e.algorithm = algorithm_;
  if (!e.algorithm)
    for (const DigestAlgorithm& a : kAlgorithms)
      if (line.starts_with(a.tag) && line.size() > a.tag.size() && std::string_view(" (-").find(line[a.tag.size()]) != std::string_view::npos) e.algorithm = &a;
  if (!e.algorithm) return false;
  last_ = e.algorithm->tag;
  const bool tagged = !algorithm_ || line.starts_with(std::string(e.algorithm->tag) + " (") || line.starts_with(std::string(e.algorithm->tag) + "(") ||
                      line.starts_with("BLAKE2b-");
  if (tagged ? !parse_tagged(line, e) : !parse_plain(line, e)) return false;
  return !escaped || unescape(e.name);
}

std::optional<std::string> DigestList::sum(const Entry& e) {
  auto in = open_input(p_, e.name);
  return in ? digest_of(p_, *in, e.algorithm->name, e.hex.size() * 4) : std::nullopt;
}

bool DigestList::check(const std::string& list) {
  auto in = open_input(p_, list);
  if (!in) return false;
  const std::string shown = quote_name(p_, list == "-" ? "standard input" : list);
  if (algorithm_) last_ = algorithm_->tag;
  uint64_t good = 0, bad = 0, malformed = 0, unread = 0, number = 0, found = 0;
  std::string_view line;
  while (in->next_line(line)) {
    number++;
    if (line.empty() || line[0] == '#') continue;
    Entry e;
    if (!parse(line, e)) {
      malformed++;
      if (!o_.warn) continue;
      out_.flush();
      p_.warn("%s: %llu: improperly formatted %s checksum line", shown.c_str(), static_cast<unsigned long long>(number), std::string(last_).c_str());
      continue;
    }
    found++;
    if (o_.ignore_missing && e.name != "-" && !p_.stat(e.name)) continue;
    auto actual = sum(e);
    if (!actual) {
      unread++;
      if (!o_.status) out_.line(e.name + ": FAILED open or read");
      continue;
    }
    bool same = *actual == lower(e.hex, false);
    (same ? good : bad)++;
    if (!o_.status && !(same && o_.quiet)) out_.line(e.name + (same ? ": OK" : ": FAILED"));
  }
  out_.flush();
  if (found == 0) {
    p_.warn("%s: no properly formatted checksum lines found", shown.c_str());
    return false;
  }
  auto report = [&](uint64_t n, const char* one, const char* many) {
    if (n && !o_.status) p_.warn("WARNING: %llu %s", static_cast<unsigned long long>(n), n == 1 ? one : many);
  };
  report(malformed, "line is improperly formatted", "lines are improperly formatted");
  report(unread, "listed file could not be read", "listed files could not be read");
  report(bad, "computed checksum did NOT match", "computed checksums did NOT match");
  const bool none = o_.ignore_missing && good == 0;
  if (none && !o_.status) p_.warn("%s: no file was verified", shown.c_str());
  return !none && !bad && !unread && !(malformed && o_.strict);
}

}  // namespace nacre
