/**
 * SHA-256 of files that were seen whole: of a task, its rows and its worked examples.
 *
 * @see suzgunmirac/BIG-Bench-Hard bbh/ and cot-prompts/ at 9ee07bd
 */
export const PUBLISHED_HASHES: Readonly<
  Partial<Record<string, { readonly rows: string; readonly shots: string }>>
> = {
  boolean_expressions: {
    rows: "ea6c754ec005e2d3f2d085d349a740f593b5764f32ea4638ffed4cfc0061b12a",
    shots: "685affba97425cdf3549d5d313ba876caed2fa7c8a4cf1ea7549faf22179609d",
  },
  date_understanding: {
    rows: "0148d4ac5fca05b2f82373e5fef7208e15363b9c6079493034d77b3dab496bf5",
    shots: "a0a13c392f689a1828f5f6ffb9dee3d44483794490da5d92f0e2a723787b1cfb",
  },
  dyck_languages: {
    rows: "3f9badedf15c2be1ce53d94fdf016299bb30ba231ef087ab9f51a7ed6d0bdc25",
    shots: "b0836603007ec659ed685458647fb6d7543543304e7aca909b995d0c3aff22b2",
  },
  logical_deduction_five_objects: {
    rows: "d2df31394b903b7f0e085d42a69572a092987856eac076799017d70ef266fa8f",
    shots: "4ed65246c0c1c4b0b4053d784181892b842bce19cf4358c976f34b1a434ef034",
  },
  movie_recommendation: {
    rows: "a8b53a87ee21a865b7248e694f388a9b8f7cf6b839b11d44796a2dd3fc088983",
    shots: "cdf765634713b057091d541b4773dd2c998f81447b0bd8564ae70be4cdf3f5d0",
  },
  multistep_arithmetic_two: {
    rows: "c9d5a6433c9b78256422a15c78463949c8bec8d85607aa28b52d7234ad4a8595",
    shots: "a546e0b7cde09037bc144ae5c32c9cf78dafdfac929ae76e2051b2dd8f3671ce",
  },
  navigate: {
    rows: "b7944dfd3c81da5c4815bd75b00d6fa3c64140823498e78ed496f4c3d36f7f0d",
    shots: "dc2fd733f1867b8c79685f15b83746064534a94bf73468341c2a9dd335be22fc",
  },
  penguins_in_a_table: {
    rows: "bb87ee449698eee51215e025a453b1bcb2f5e6589c2063b2c79e68b8f0655228",
    shots: "33be137e76c2a6af0bbacd17a8e7a92801886c0202a45e35ea9c2a88c1f26d51",
  },
  ruin_names: {
    rows: "b6f723aef2bafdd4c7bfc3c7e0329c7e8a8279391a609969c8ed76c9319f5f7f",
    shots: "731446c6c66bb5258677af1417b599a6a5539be6d74a5afc02cf7a716444ea54",
  },
  snarks: {
    rows: "54a0661fe2de06167645a4965e6bcf963c4ba307e76262a7c750998b0e3d0d0e",
    shots: "35084a2a0b86bc4008ab206b838c0b97dd425897dd72198137c3cefc499c0960",
  },
  sports_understanding: {
    rows: "63ca262858f6176864515cd8cf53cdaa40839ebecc155b726d77930855d167bf",
    shots: "2058a9bed717a6edb8ca2f815e88851436a4ee14c8b0d504ccf464865c6d0295",
  },
  tracking_shuffled_objects_three_objects: {
    rows: "546cc7bf10c6a01a6a4c17ae28a4966485f21f29fd5d111f37858ec78e354f6b",
    shots: "2ef54cb2a72052adc3484a76209cb6a6535f194d677e79bcec2e2e71cf3768af",
  },
  word_sorting: {
    rows: "2a6132d2c99f00d0d2eb1113ac6b4a918bd969d863c48749210d969713db8d43",
    shots: "a2cdbcfe23abaa97b9787f7c03dbf49b1cfd0ff9e63197b7884bb5cd5a096ca6",
  },
};
