/// WgetOptions: what wget was asked to do. Source: wget(1) 1.21.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "commands/args.h"

namespace nacre {

struct WgetOptions {
  bool quiet = false, brief = false, resume = false, no_clobber = false, server_response = false, spider = false, insecure = false, keep_errors = false,
       verbose = false, at_once = false, newer = false, ask_first = false, own_times = false, no_cookies = false;
  std::string document, prefix, input, agent = "Wget/1.21.3", referer, method, body, body_file, user, password, tries = "20", timeout, connect_timeout, wait,
                                       wait_retry = "10", redirects = "20";
  bool have_body = false;
  std::vector<std::string> headers;
  // names of files
  bool no_directories = false, directories = false, no_host = false, protocol = false, adjust = false, disposition = false, trust_names = false, unlink = false;
  uint64_t cut = 0, backups = 0;
  std::string default_page = "index.html", restrict_names;
  // what is asked for and kept
  bool no_cache = false, save_headers = false, compressed = false, https_only = false, retry_refused = false;
  std::string start, retry_errors, load_cookies, save_cookies, log_file, append_log, base, http_user, http_password, quota;
  bool session_cookies = false, force_html = false, random_wait = false;
  // pages with all that they link to
  bool recursive = false, requisites = false, convert = false, convert_file = false, keep_originals = false, delete_after = false, no_parent = false,
       span = false, only_relative = false, ignore_case = false, robots = true;
  std::string level = "5";
  std::vector<std::string> accept, reject, domains, no_domains, include, exclude, follow_tags, ignore_tags;
  std::string accept_regex, reject_regex;
  bool pcre = false;

  bool with_directories() const { return !no_directories && (directories || recursive || requisites); }
};

/// The text of --help.
const char* wget_usage();
/// Reads argv; URLs go into `urls`. A status: the command is over.
std::optional<int> read_wget_options(Process& p, WgetOptions& o, std::vector<std::string>& urls);

}  // namespace nacre
