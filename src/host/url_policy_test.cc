#include "host/url_policy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace nacre {
namespace {

UrlParts url(const char* scheme, const char* host, int port, const char* path, bool user = false) { return {scheme, host, port, path, user}; }
UrlParts prefix(const char* text) {
  UrlParts p;
  std::string error;
  EXPECT_TRUE(parse_prefix(text, &p, &error)) << error;
  return p;
}
bool is_public(const char* text) {
  unsigned char bytes[16];
  if (inet_pton(AF_INET, text, bytes) == 1) return nacre::is_public({bytes, 4});
  EXPECT_EQ(inet_pton(AF_INET6, text, bytes), 1) << text;
  return nacre::is_public({bytes, 16});
}

TEST(UrlPolicy, APathEndsAtABoundary) {
  UrlParts p = prefix("https://h/api");
  for (const char* path : {"/api", "/api/", "/api/x", "/api/x%20y", "/api/a..b", "/api/..."}) EXPECT_TRUE(is_below(url("https", "h", 443, path), p)) << path;
  for (const char* path :
       {"/apix", "/", "/ap", "/api/..", "/api/../x", "/api/%2e%2e/x", "/api/.%2E/x", "/api/x%2fy", "/api/x%5Cy", "/api\\x", "/api/..;a/x", "/API"})
    EXPECT_FALSE(is_below(url("https", "h", 443, path), p)) << path;
  EXPECT_TRUE(is_below(url("https", "h", 443, "/api/x"), prefix("https://h/api/")));
  EXPECT_FALSE(is_below(url("https", "h", 443, "/api"), prefix("https://h/api/")));
}

TEST(UrlPolicy, SchemeHostPortAndUserMustBeRight) {
  UrlParts p = prefix("https://Example.com");
  EXPECT_TRUE(is_below(url("https", "example.com", 443, "/x"), p));
  EXPECT_FALSE(is_below(url("http", "example.com", 80, "/x"), p));
  EXPECT_FALSE(is_below(url("https", "example.com", 8443, "/x"), p));
  EXPECT_FALSE(is_below(url("https", "example.com.evil", 443, "/x"), p));
  EXPECT_FALSE(is_below(url("https", "sub.example.com", 443, "/x"), p));
  EXPECT_FALSE(is_below(url("https", "example.com", 443, "/x", true), p));
  EXPECT_TRUE(is_below(url("http", "[::1]", 81, "/"), prefix("http://[::1]:81")));
}

TEST(UrlPolicy, WrongPrefixes) {
  for (const char* text : {"", "h", "ftp://h", "https://", "https://*", "https://u@h", "https://h?q", "https://h/#f", "https://h:", "https://h:0",
                           "https://h:65536", "https://h:8x", "https://h/ a", "https://h/a/../b", "https://h%2e"}) {
    UrlParts p;
    std::string error;
    EXPECT_FALSE(parse_prefix(text, &p, &error)) << text;
    EXPECT_FALSE(error.empty());
  }
}

TEST(UrlPolicy, Addresses) {
  for (const char* a : {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255",
                        "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"})
    EXPECT_TRUE(is_public(a)) << a;
  for (const char* a :
       {"0.0.0.0",           "0.1.2.3",         "10.1.2.3",  "100.64.0.1",  "127.0.0.1",   "127.255.255.255", "169.254.169.254",  "172.16.0.1",
        "172.31.255.255",    "192.0.0.1",       "192.0.2.1", "192.168.0.1", "198.18.0.1",  "198.51.100.1",    "203.0.113.1",      "224.0.0.1",
        "240.0.0.1",         "255.255.255.255", "::",        "::1",         "::127.0.0.1", "::8.8.8.8",       "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::1",    "100::1",    "2001::1",     "2001:db8::1", "2002:7f00:1::",   "2002:a00:1::",     "fc00::1",
        "fdff::1",           "fe80::1",         "fec0::1",   "ff02::1"})
    EXPECT_FALSE(is_public(a)) << a;
}

TEST(UrlPolicy, Policies) {
  NetworkPolicy p;
  p.allow_urls = {"https://h/x"};
  p.headers = {{"https://h", "Authorization", "Bearer x"}};
  EXPECT_EQ(check_policy(p), "");
  p.headers[0].value = "a\r\nb";
  EXPECT_NE(check_policy(p), "");
  p.headers[0] = {"https://h", "Bad Name", "x"};
  EXPECT_NE(check_policy(p), "");
  p.headers.clear();
  p.allow_methods = {"GE T"};
  EXPECT_NE(check_policy(p), "");
}

}  // namespace
}  // namespace nacre
