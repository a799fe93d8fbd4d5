#include "commands/wget/options.h"

#include "algo/unicode.h"
#include "commands/numbers.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

using O = WgetOptions;

constexpr char kUsage[] =
    "Usage: wget [OPTION]... [URL]...\n"
    "Fetch files. What may be reached is the sandbox's network policy.\n\n"
    "  -q, --quiet                  no log\n"
    "  -nv, --no-verbose            one line for each file\n"
    "  -o, --output-file=FILE, -a, --append-output=FILE   the log goes to FILE\n"
    "  -O, --output-document=FILE   write everything there\n"
    "  -P, --directory-prefix=DIR   make the files there\n"
    "  -c, --continue               go on with a file that is there in part; --start-pos=N: from a byte on\n"
    "  -nc, --no-clobber            leave files that are there; --backups=N: keep N of them; --unlink: make them anew\n"
    "  -N, --timestamping           only what is newer than the file that is there, or of another size\n"
    "      --no-if-modified-since   ask first, with HEAD\n"
    "      --no-use-server-timestamps  files get the time of now\n"
    "  -i, --input-file=FILE        URLs from FILE, one a line; -F: from the links of a page, -B URL: that are relative to URL\n"
    "  -S, --server-response        show the headers; --save-headers: in the files\n"
    "      --spider                 only look whether it is there\n"
    "  -t, --tries=N                try N times (20); --retry-connrefused, --retry-on-http-error=LIST: then, too; --waitretry=SECONDS\n"
    "  -T, --timeout=SECONDS, --connect-timeout=SECONDS, --read-timeout=SECONDS, --dns-timeout=SECONDS\n"
    "  -w, --wait=SECONDS           between fetches; --random-wait: from half to one and a half of it\n"
    "  -Q, --quota=SIZE             no more files when SIZE has come\n"
    "  -U, --user-agent=NAME, --referer=URL, --header=LINE\n"
    "      --post-data=TEXT, --post-file=FILE, --method=NAME, --body-data=TEXT, --body-file=FILE\n"
    "      --user=NAME, --password=TEXT, --http-user=NAME, --http-password=TEXT\n"
    "      --no-cache, --compression=TYPE   TYPE: none, gzip, auto\n"
    "      --no-cookies, --load-cookies=FILE, --save-cookies=FILE, --keep-session-cookies\n"
    "      --max-redirect=N         follow at most N (20)\n"
    "      --content-on-error       keep what comes with an error\n"
    "      --no-check-certificate   where the policy allows it; --https-only: nothing else is followed\n\n"
    "Names of files:\n"
    "  -x, --force-directories, -nd, --no-directories, -nH, --no-host-directories, --protocol-directories, --cut-dirs=N\n"
    "  -E, --adjust-extension       .html, .css where it is that\n"
    "      --default-page=NAME, --content-disposition, --trust-server-names, --restrict-file-names=LIST\n\n"
    "Pages with what they link to:\n"
    "  -r, --recursive, -l, --level=N (5; 0, inf: no end), -m, --mirror (-r -N -l inf), -p, --page-requisites\n"
    "  -k, --convert-links, -K, --backup-converted, --convert-file-only, --delete-after\n"
    "  -A, --accept=LIST, -R, --reject=LIST, --accept-regex=RE, --reject-regex=RE, --regex-type=posix|pcre, --ignore-case\n"
    "  -np, --no-parent, -H, --span-hosts, -D, --domains=LIST, --exclude-domains=LIST, -L, --relative\n"
    "  -I, --include-directories=LIST, -X, --exclude-directories=LIST, --follow-tags=LIST, --ignore-tags=LIST\n"
    "  -e robots=off                what robots.txt forbids, too\n";

void split(std::vector<std::string>& to, std::string_view list) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, comma);
    while (!word.empty() && ascii_space(word.front())) word.remove_prefix(1);
    while (!word.empty() && ascii_space(word.back())) word.remove_suffix(1);
    if (!word.empty()) to.emplace_back(word);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}
template <std::vector<std::string> O::* list>
void words(O& o, std::string_view s) {
  split(o.*list, s);
}
void nothing(O&) {}

constexpr Flag<O> kFlags[] = {
    {'q', "quiet", &O::quiet},
    {0, "no-verbose", &O::brief},
    {'v', "verbose", &O::verbose},
    {'o', "output-file", &O::log_file},
    {'a', "append-output", &O::append_log},
    {'O', "output-document", &O::document},
    {'P', "directory-prefix", &O::prefix},
    {'c', "continue", &O::resume},
    {0, "start-pos", &O::start},
    {0, "no-clobber", &O::no_clobber},
    {0, "unlink", &O::unlink},
    {'N', "timestamping", &O::newer},
    {0, "no-if-modified-since", &O::ask_first},
    {0, "no-use-server-timestamps", &O::own_times},
    {0, "no-cookies", &O::no_cookies},
    {0, "load-cookies", &O::load_cookies},
    {0, "save-cookies", &O::save_cookies},
    {0, "keep-session-cookies", &O::session_cookies},
    {0, "referer", &O::referer},
    {'i', "input-file", &O::input},
    {'F', "force-html", &O::force_html},
    {'B', "base", &O::base},
    {'S', "server-response", &O::server_response},
    {0, "save-headers", &O::save_headers},
    {0, "spider", &O::spider},
    {'t', "tries", &O::tries},
    {0, "retry-connrefused", &O::retry_refused},
    {0, "retry-on-http-error", &O::retry_errors},
    {'T', "timeout", &O::timeout},
    {0, "read-timeout", &O::timeout},
    {0, "dns-timeout", &O::connect_timeout},   // looking a name up is part of connecting
    {0, "connect-timeout", &O::connect_timeout},
    {'w', "wait", &O::wait},
    {0, "waitretry", &O::wait_retry},
    {0, "random-wait", &O::random_wait},
    {'Q', "quota", &O::quota},
    {'U', "user-agent", &O::agent},
    {0, "header", &O::headers},
    {0, "user", &O::user},
    {0, "password", &O::password},
    {0, "http-user", &O::http_user},
    {0, "http-password", &O::http_password},
    {0, "no-cache", &O::no_cache},
    {0, "max-redirect", &O::redirects},
    {0, "content-on-error", &O::keep_errors},
    {0, "content-disposition", &O::disposition},
    {0, "trust-server-names", &O::trust_names},
    {0, "no-check-certificate", &O::insecure},
    {0, "https-only", &O::https_only},
    {0, "auth-no-challenge", &O::at_once},   // it is never otherwise here
    {0, "post-data",
     +[](O& o, std::string_view s) {
       o.method = "POST";
       o.body = s;
       o.have_body = true;
     }},
    {0, "post-file",
     +[](O& o, std::string_view s) {
       o.method = "POST";
       o.body_file = s;
       o.have_body = true;
     }},
    {0, "method", &O::method},
    {0, "body-data",
     +[](O& o, std::string_view s) {
       o.body = s;
       o.have_body = true;
     }},
    {0, "body-file",
     +[](O& o, std::string_view s) {
       o.body_file = s;
       o.have_body = true;
     }},
    {0, "no-directories", &O::no_directories},
    {'x', "force-directories", &O::directories},
    {0, "no-host-directories", &O::no_host},
    {0, "protocol-directories", &O::protocol},
    {0, "cut-dirs", +[](O& o, std::string_view s) { o.cut = static_cast<uint64_t>(std::max<int64_t>(0, parse_int(s).value_or(0))); }},
    {0, "backups", +[](O& o, std::string_view s) { o.backups = static_cast<uint64_t>(std::max<int64_t>(0, parse_int(s).value_or(0))); }},
    {'E', "adjust-extension", &O::adjust},
    {0, "html-extension", &O::adjust},
    {0, "default-page", &O::default_page},
    {0, "restrict-file-names", &O::restrict_names},
    {'r', "recursive", &O::recursive},
    {'l', "level", &O::level},
    {'m', "mirror",
     +[](O& o) {
       o.recursive = o.newer = true;
       o.level = "inf";
     }},
    {'p', "page-requisites", &O::requisites},
    {'k', "convert-links", &O::convert},
    {0, "convert-file-only", &O::convert_file},
    {'K', "backup-converted", &O::keep_originals},
    {0, "delete-after", &O::delete_after},
    {'A', "accept", words<&O::accept>},
    {'R', "reject", words<&O::reject>},
    {0, "accept-regex", &O::accept_regex},
    {0, "reject-regex", &O::reject_regex},
    {0, "ignore-case", &O::ignore_case},
    {0, "no-parent", &O::no_parent},
    {'H', "span-hosts", &O::span},
    {'D', "domains", words<&O::domains>},
    {0, "exclude-domains", words<&O::no_domains>},
    {'L', "relative", &O::only_relative},
    {'I', "include-directories", words<&O::include>},
    {'X', "exclude-directories", words<&O::exclude>},
    {0, "follow-tags", words<&O::follow_tags>},
    {0, "ignore-tags", words<&O::ignore_tags>},
    // What is never done here anyway:
    {0, "no-proxy", nothing},
    {0, "no-netrc", nothing},
    {0, "no-config", nothing},
    {0, "no-hsts", nothing},
    {0, "no-remove-listing", nothing},
    {0, "no-iri", nothing},
};

std::optional<int> complain(Process& p, const std::string& text, int status) {
  write_error(p, "wget: " + text + "\n");
  return status;
}

}  // namespace

std::optional<int> read_wget_options(Process& p, WgetOptions& o, std::vector<std::string>& urls) {
  static constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {"-nv", "--no-verbose"}, {"-nc", "--no-clobber"}, {"-nd", "--no-directories"}, {"-nH", "--no-host-directories"}, {"-np", "--no-parent"}};
  std::vector<std::string> argv;
  // Options of two letters are of one piece; words with few values are looked at here.
  std::string compression = "none", regex_type = "posix", execute;
  const auto& given = p.argv();
  for (size_t i = 0; i < given.size(); i++) {
    std::string a = given[i];
    for (const auto& [pair, name] : kPairs)
      if (a == pair) a = name;
    auto valued = [&](std::string_view name, std::string& to) {
      if (!a.starts_with(name)) return false;
      if (a.size() > name.size() && a[name.size()] == '=' && name.starts_with("--")) to = a.substr(name.size() + 1);
      else if (a.size() == name.size() && i + 1 < given.size()) to = given[++i];
      else if (!name.starts_with("--") && a.size() > name.size()) to = a.substr(name.size());
      else return false;
      return true;
    };
    if (i > 0 && valued("--compression", compression)) continue;
    if (i > 0 && valued("--regex-type", regex_type)) continue;
    if (i > 0 && (valued("-e", execute) || valued("--execute", execute))) {
      std::string command;
      for (char c : execute)
        if (!ascii_space(c)) command += ascii_lower(c);
      if (command == "robots=off" || command == "robots=no" || command == "robots=0") o.robots = false;
      else if (command == "robots=on" || command == "robots=yes" || command == "robots=1") o.robots = true;
      else return complain(p, "-e " + execute + ": only robots is known here", 2);
      continue;
    }
    argv.push_back(std::move(a));
  }
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, urls, {.error_status = 2})) return *status;
  if (compression != "none" && compression != "gzip" && compression != "auto") return complain(p, "--compression: Invalid value ‘" + compression + "’.", 2);
  if (regex_type != "posix" && regex_type != "pcre") return complain(p, "--regex-type: Invalid value ‘" + regex_type + "’.", 2);
  o.compressed = compression != "none";
  o.pcre = regex_type == "pcre";
  if (o.spider && (o.recursive || o.requisites)) return complain(p, "--spider does not go with -r or -p here", 2);
  if (!o.document.empty() && (o.recursive || o.requisites) && o.convert) return complain(p, "-k does not go with -O here", 2);
  if (o.newer && o.no_clobber) {
    write_error(p, "Can't timestamp and not clobber old files at the same time.\nUsage: wget [OPTION]... [URL]...\n");
    return 1;
  }
  if (o.newer && !o.document.empty()) {
    o.newer = false;
    write_error(p, "WARNING: timestamping does nothing in combination with -O. See the manual\nfor details.\n\n");
  }
  return std::nullopt;
}

const char* wget_usage() { return kUsage; }

}  // namespace nacre
