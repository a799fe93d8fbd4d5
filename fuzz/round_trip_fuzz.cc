// Archives and coders: what each packs of any bytes, it unpacks to the same.
#include <array>

#include "driver.h"

FUZZ_TARGET(text) {
  constexpr std::array kPairs = {"gzip -c in | gunzip",
                                 "gzip -9 -c in | gzip -dc",
                                 "bzip2 -c in | bunzip2",
                                 "xz -0 -c in | unxz",
                                 "xz --format=lzma -0c in | unlzma",
                                 "zstd -qc in | zstd -dqc",
                                 "zip -q - in | { cat > z.zip; unzip -p z.zip; }",
                                 "zip -q0 z.zip in; unzip -p z.zip",
                                 "tar c in | tar xO",
                                 "tar cz --format=pax in | tar xOz",
                                 "tar c --format=v7 in | tar xO",
                                 "echo in | cpio -oH newc --quiet | cpio -i --to-stdout --quiet",
                                 "base64 in | base64 -d",
                                 "base64 -w 7 in | base64 -d",
                                 "base32 in | base32 -d",
                                 "basenc --base2msbf in | basenc -d --base2msbf",
                                 "xxd -p in | xxd -r -p",
                                 "xxd -c 5 in | xxd -r -c 5",
                                 "split -b 3 -a 4 in q; cat q*",
                                 "tac in | tac | if [[ $(tail -c 1 in | od -An -tx1) == ' 0a' ]]; then cat; else cat > /dev/null; cat in; fi",
                                 "od -An -v -tx1 in | xxd -r -p",
                                 "dd if=in bs=7 status=none | dd obs=11 status=none",
                                 "iconv -f latin1 -t utf-16le in | iconv -f utf-16le -t latin1",
                                 "tr '\\0-\\177\\200-\\377' '\\200-\\377\\0-\\177' < in | tr '\\0-\\177\\200-\\377' '\\200-\\377\\0-\\177'"};
  const unsigned which = nacre::fuzz::take_byte(text) % kPairs.size();
  nacre::fuzz::run_script("[[ -s in ]] || exit; { " + std::string(kPairs[which]) + "; } > out; cmp out in || : > broken", text);
}
