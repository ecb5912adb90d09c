/** A Python wheel with its hash: nothing else is unpacked. */
export interface PinnedWheel {
  project: string;
  version: string;
  /** The tag of the platform, as pip's `--platform` takes it. */
  platform: string;
  /** `cp311` if the wheel is for Python 3.11, `none` if it is for any version. */
  abi: "cp311" | "none";
  bytes: number;
  sha256: string;
}

/** What setup needs to build the addon on one platform. */
export interface PlatformPins {
  tensorflow: PinnedWheel;
  /** A C++ compiler, for machines that have none. */
  zig: PinnedWheel;
  /** The libraries in the wheel, in its folder `tensorflow/`. */
  libraries: [string, string];
  /** The size of the unpacked libraries. */
  unpackedBytes: number;
  /** The oldest glibc that the wheel runs on; undefined where there is no glibc. */
  glibc?: string;
}

export const tensorflowVersion = "2.21.0";
const zigVersion = "0.16.0";

const tensorflow = (project: string, platform: string, bytes: number, sha256: string): PinnedWheel => ({
  project,
  version: tensorflowVersion,
  platform,
  abi: "cp311",
  bytes,
  sha256,
});

const zig = (platform: string, bytes: number, sha256: string): PinnedWheel => ({
  project: "ziglang",
  version: zigVersion,
  platform,
  abi: "none",
  bytes,
  sha256,
});

const linuxLibraries: [string, string] = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const macLibraries: [string, string] = ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"];

/** By `process.platform`-`process.arch`: the platforms that TensorFlow 2.21 has wheels with a C library for. */
export const pins: Readonly<Record<string, PlatformPins>> = {
  "linux-x64": {
    tensorflow: tensorflow(
      "tensorflow-cpu",
      "manylinux_2_27_x86_64",
      273_829_956,
      "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    ),
    zig: zig("manylinux2010_x86_64", 97_941_847, "9fcda73f62b851dd72a54b710ad40a209896db14cfb13649e62191243556342b"),
    libraries: linuxLibraries,
    unpackedBytes: 853_308_936,
    glibc: "2.27",
  },
  "linux-arm64": {
    tensorflow: tensorflow(
      "tensorflow",
      "manylinux_2_27_aarch64",
      281_828_020,
      "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    ),
    zig: zig("manylinux2014_aarch64", 95_008_112, "e27d409812b11e0fb89ed0200cf2e55b6464d43f9461553104e4a4f9a94a1fd5"),
    libraries: linuxLibraries,
    unpackedBytes: 883_062_208,
    glibc: "2.27",
  },
  "darwin-arm64": {
    tensorflow: tensorflow(
      "tensorflow",
      "macosx_12_0_arm64",
      223_405_849,
      "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    ),
    zig: zig("macosx_12_0_arm64", 97_252_633, "b61e5413c49508d9d62e5dcea543e3af491594154d74a00ff52f84ed508260cc"),
    libraries: macLibraries,
    unpackedBytes: 740_805_624,
  },
};

/** This machine's entry in `pins`. */
export const platformName = `${process.platform}-${process.arch}`;
